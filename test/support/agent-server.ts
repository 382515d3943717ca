import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JsonObject } from '../../domain/node.ts';

/** A key and a self-signed certificate as the agent makes them (tls_utils.py): EC P-384, an IP name, no CA flag. */
export interface AgentCertificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes one by openssl. */
export async function makeAgentCertificate(address = '127.0.0.1'): Promise<AgentCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-cert-'));
  const [config, key, cert] = ['openssl.cnf', 'key.pem', 'cert.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    const lines = ['[req]', 'distinguished_name=dn', 'x509_extensions=v3', 'prompt=no', '[dn]', 'CN=agent'];
    await writeFile(config, [...lines, '[v3]', `subjectAltName=critical,IP:${address}`, ''].join('\n'));
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-nodes', '-sha512'];
    const files = ['-config', config, '-keyout', key, '-out', cert, '-days', '30'];
    await promisify(execFile)('openssl', ['req', '-x509', ...curve, ...files]);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Command {
  id: string;
  command_name: string;
  command_status: string;
  command_error: unknown;
  command_result: unknown;
}

/** What the agent of a test does on a command: `done` ends a command that runs in the background. */
export type CommandScript = (
  params: JsonObject,
  done: (result: JsonObject) => void,
  fail: (error: unknown) => void,
) => void;

/** An HTTPS server that speaks as the ironic-python-agent 13.0.0 was captured, one command at a time. */
export interface AgentServer {
  readonly url: string;
  readonly certificate: AgentCertificate;
  readonly token: string;
  /** Every command that was started, oldest first. */
  readonly started: { name: string; params: JsonObject }[];
  readonly scripts: Map<string, CommandScript>;
  /** Set to answer this status to every request. */
  broken: number | undefined;
  /** Starts anew with the token that a lookup gave. */
  useToken(given: string): void;
  /** Forgets token and commands, as an agent that starts again does. */
  restart(): void;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startAgentServer(
  certificate: AgentCertificate,
  firstToken = `token-${randomUUID()}`,
): Promise<AgentServer> {
  const commands: Command[] = [];
  let token: string | undefined = firstToken;
  const state = { broken: undefined as number | undefined };
  const started: AgentServer['started'] = [];
  const scripts: AgentServer['scripts'] = new Map();

  function run(body: { name: string; params: JsonObject }): Command {
    started.push(body);
    const script = scripts.get(body.name);
    const command: Command = {
      id: randomUUID(),
      command_name: body.name.split('.')[1] ?? '',
      command_status: 'RUNNING',
      command_error: null,
      command_result: null,
    };
    commands.push(command);
    if (!script) throw new Error(`the test has no script for ${body.name}`);
    script(
      body.params,
      (result) => Object.assign(command, { command_status: 'SUCCEEDED', command_result: result }),
      (error) => Object.assign(command, { command_status: 'FAILED', command_error: error }),
    );
    return command;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://agent');
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const fault = (status: number, faultstring: string) => send(status, { faultcode: 'Client', faultstring });
    if (state.broken !== undefined) return fault(state.broken, `broken ${url.href}`);
    if (url.pathname === '/v1/status') return send(200, { started_at: 1700000000.5, version: '13.0.0' });
    const given = url.searchParams.get('agent_token');
    if (token === undefined || given !== token) return fault(401, '401 Unauthorized: Token invalid.');
    if (request.method === 'POST') {
      const body = JSON.parse(await textOf(request)) as { name: string; params: JsonObject };
      if (!scripts.has(body.name)) return fault(400, `Invalid command: Unknown command: ${body.name}`);
      const busy = commands.at(-1);
      if (busy?.command_status === 'RUNNING')
        return fault(409, `Agent is busy: executing command ${busy.command_name}`);
      return send(200, run(body));
    }
    if (url.pathname === '/v1/commands/') return send(200, { commands });
    const command = commands.find(({ id }) => url.pathname === `/v1/commands/${id}`);
    return command ? send(200, command) : fault(404, 'Requested object not found: Command Result');
  }

  const server = createServer(certificate, (request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `https://127.0.0.1:${port}`,
    certificate,
    token: firstToken,
    started,
    scripts,
    get broken() {
      return state.broken;
    },
    set broken(status) {
      state.broken = status;
    },
    useToken(given) {
      token = given;
      commands.length = 0;
    },
    restart() {
      token = undefined;
      commands.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
