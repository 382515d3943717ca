import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import bcrypt from 'bcryptjs';
import type pg from 'pg';
import { createPool } from '../../db/pool.ts';
import { findTemporalCli } from '../../scripts/setup/temporal-cli.ts';
import { freeLowPorts } from '../../scripts/stack/ports.ts';
import { startStack, type Stack } from '../../scripts/stack/stack.ts';
import { connectClient } from '../../temporal/client.ts';
import { builtServices } from './build.ts';

/** PostgreSQL, Temporal, and the compiled api and worker, as real processes, for tests that kill them. */
export interface Processes {
  readonly stack: Stack;
  readonly pool: pg.Pool;
  readonly client: Client;
  /** Asks for a provision state through the API; while the API is away it is asked again. */
  provision(nodeUuid: string, body: Readonly<Record<string, unknown>>): Promise<void>;
  /** GET of the API. */
  get(path: string): Promise<Record<string, unknown>>;
  /** PUT of the API; a refusal rejects. */
  put(path: string, body: Readonly<Record<string, unknown>>): Promise<void>;
  /** Ends a process with SIGKILL and waits until its successor serves. */
  kill(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Who may use the API; the password must be found nowhere. */
export const API_USER = { name: 'proof', password: 'http-basic-secret-Lw83kd' } as const;
const API_PATIENCE_MS = 60_000;

/** Starts them in a folder that is removed at the end. */
export async function startProcesses(): Promise<Processes> {
  const temporalCli = await findTemporalCli();
  if (temporalCli === undefined)
    throw new Error('the crash tests need the Temporal CLI: run `npm test`, which gets it');
  const folder = await mkdtemp(join(tmpdir(), 'anneal-crash-'));
  // Root's PostgreSQL runs as the user postgres, who must be able to walk in.
  await chmod(folder, 0o755);
  const htpasswd = join(folder, 'htpasswd');
  await writeFile(htpasswd, `${API_USER.name}:${await bcrypt.hash(API_USER.password, 4)}\n`);
  const [api = 0, temporal = 0] = await freeLowPorts(2);
  await builtServices();
  const stack = await startStack({
    folder,
    temporalCli,
    code: 'dist',
    ports: { api, temporal },
    env: { ANNEAL_LOG_LEVEL: 'warn' },
    apiEnv: { ANNEAL_AUTH_STRATEGY: 'http_basic', ANNEAL_HTPASSWD_FILE: htpasswd },
  });
  const pool = createPool(stack.databaseUrl);
  const settings = { address: stack.temporalAddress, namespace: 'default', payloadKey: undefined };
  const { client, connection } = await connectClient(settings);
  return {
    stack,
    pool,
    client,
    provision: (nodeUuid, body) => provision(stack.apiUrl, nodeUuid, body),
    get: async (path) => (await (await ask(stack.apiUrl, 'GET', path)).json()) as Record<string, unknown>,
    async put(path, body) {
      const answer = await ask(stack.apiUrl, 'PUT', path, body);
      if (!answer.ok) throw new Error(`${path} was refused: ${answer.status} ${await answer.text()}`);
    },
    kill: (name) => kill(stack, name),
    async close() {
      await Promise.all([pool.end(), connection.close()]);
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function provision(url: string, nodeUuid: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const until = Date.now() + API_PATIENCE_MS;
  // A request whose answer was lost may have been taken: then the node is locked by it, or has been through it already.
  // Whether it was is seen at the end by what became of the node.
  for (let taken = [202]; ; taken = [202, 400, 409]) {
    const answer = await ask(url, 'PUT', `/v1/nodes/${nodeUuid}/states/provision`, body).catch(() => undefined);
    const status = answer?.status ?? 503;
    if (taken.includes(status)) return;
    if (status !== 503 || Date.now() > until) throw new Error(`refused: ${status} ${(await answer?.text()) ?? ''}`);
    await sleep(300);
  }
}

function ask(url: string, method: string, path: string, body?: unknown): Promise<Response> {
  const credentials = Buffer.from(`${API_USER.name}:${API_USER.password}`).toString('base64');
  return fetch(url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      'x-openstack-ironic-api-version': '1.90',
      authorization: `Basic ${credentials}`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function kill({ processes }: Stack, name: string): Promise<void> {
  const target = processes.get(name);
  if (target === undefined) throw new Error(`the stack has no process "${name}"`);
  const before = target.pid();
  target.kill();
  while (target.pid() === before) await sleep(20);
  await target.ready();
}
