import { Agent, request, type Dispatcher } from 'undici';
import type { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/node.ts';
import {
  agentCommandSchema,
  agentCommandsSchema,
  agentStatusSchema,
  faultOf,
  type AgentCommand,
  type AgentStatus,
} from './wire.ts';

/** Where an agent is, how to know it, and the secret that it knows us by. */
export interface AgentTarget {
  readonly nodeUuid: string;
  readonly callbackUrl: string;
  /** PEM certificate that the agent made for itself; nothing else is trusted. */
  readonly verifyCa: string;
  readonly token: string;
}

/** The ironic-python-agent's HTTP interface, one attempt a call; the token goes in the query, as it asks. */
export interface AgentClient {
  /** @throws BareMetalError `AgentUnreachable` */
  getStatus(target: AgentTarget, signal?: AbortSignal): Promise<AgentStatus>;
  /** All commands since the agent started. @throws BareMetalError `AgentUnreachable`, `AgentLost` */
  listCommands(target: AgentTarget, signal?: AbortSignal): Promise<AgentCommand[]>;
  /**
   * Starts `extension.command`; a short command is done when this returns, a long one RUNNING.
   * @throws BareMetalError `AgentUnreachable`, `AgentLost`, `AgentBusy`, `AgentCommandFailed`
   */
  startCommand(target: AgentTarget, name: string, params: JsonObject, signal?: AbortSignal): Promise<AgentCommand>;
  /** @throws BareMetalError `AgentUnreachable`, `AgentLost` when the agent doesn't know the command */
  getCommand(target: AgentTarget, id: string, signal?: AbortSignal): Promise<AgentCommand>;
  close(): Promise<void>;
}

/** How patient the client is. */
export interface AgentClientOptions {
  readonly connectTimeoutMs?: number;
  /** A short command such as get_clean_steps answers within the request. */
  readonly answerTimeoutMs?: number;
}

interface Call<T> {
  readonly target: AgentTarget;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly body?: string;
  readonly schema: z.ZodType<T>;
  /** What the caller wanted, for the message: "start clean.execute_clean_step". */
  readonly deed: string;
  readonly signal?: AbortSignal | undefined;
}

/** Makes a client that keeps connections to each agent while it is used. */
export function createAgentClient(options: AgentClientOptions = {}): AgentClient {
  const connections = createConnections(options);
  const call = async <T>(wanted: Call<T>): Promise<T> => {
    const { status, text } = await send(connections.of(wanted.target), wanted);
    if (status >= 400) throw refusal(wanted, status, faultOf(text));
    return parseAnswer(wanted, text);
  };
  return {
    async getStatus(target, signal) {
      const deed = 'read the status';
      const status = await call({ target, method: 'GET', path: '/v1/status', schema: agentStatusSchema, deed, signal });
      return { startedAt: status.started_at, version: status.version };
    },
    async listCommands(target, signal) {
      const query = { agent_token: target.token };
      const deed = 'list the commands';
      const schema = agentCommandsSchema;
      return (await call({ target, method: 'GET', path: '/v1/commands/', query, schema, deed, signal })).commands;
    },
    startCommand(target, name, params, signal) {
      const query = { wait: 'false', agent_token: target.token };
      const body = JSON.stringify({ name, params });
      const schema = agentCommandSchema;
      return call({
        target,
        method: 'POST',
        path: '/v1/commands/',
        query,
        body,
        schema,
        deed: `start ${name}`,
        signal,
      });
    },
    getCommand(target, id, signal) {
      const path = `/v1/commands/${encodeURIComponent(id)}`;
      const query = { agent_token: target.token };
      const deed = `read command ${id}`;
      return call({ target, method: 'GET', path, query, schema: agentCommandSchema, deed, signal });
    },
    close: () => connections.close(),
  };
}

/** As many agents as one worker speaks to in a row; the oldest connection goes when there are more. */
const KEPT_CONNECTIONS = 256;

function createConnections({ connectTimeoutMs = 10_000, answerTimeoutMs = 60_000 }: AgentClientOptions) {
  const kept = new Map<string, Agent>();
  const make = (ca: string) =>
    new Agent({
      // Node checks the address against the certificate's IP names; only this certificate is trusted.
      connect: { ca, timeout: connectTimeoutMs, rejectUnauthorized: true },
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
      keepAliveTimeout: 10_000,
    });
  return {
    of({ verifyCa }: AgentTarget): Agent {
      const agent = kept.get(verifyCa) ?? make(verifyCa);
      // Set anew, so that the map is in the order of use.
      kept.delete(verifyCa);
      kept.set(verifyCa, agent);
      const [oldest] = kept;
      if (kept.size > KEPT_CONNECTIONS && oldest) {
        kept.delete(oldest[0]);
        void oldest[1].close();
      }
      return agent;
    },
    async close() {
      await Promise.all([...kept.values()].map((agent) => agent.destroy()));
      kept.clear();
    },
  };
}

async function send<T>(dispatcher: Dispatcher, wanted: Call<T>): Promise<{ status: number; text: string }> {
  const { target, method, path, query, body, signal } = wanted;
  const url = new URL(path, target.callbackUrl);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  try {
    const response = await request(url, {
      dispatcher,
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body ?? null,
      signal: signal ?? null,
    });
    return { status: response.statusCode, text: await response.body.text() };
  } catch (error) {
    if (signal?.aborted) throw error;
    // No `cause`: undici's errors may carry the URL, and with it the token.
    const failure = new BareMetalError('AgentUnreachable', `${failed(wanted)}: ${reasonOf(error)}`);
    if (codeOf(error) === 'ECONNREFUSED') refusedConnections.add(failure);
    throw failure;
  }
}

function parseAnswer<T>(wanted: Call<T>, text: string): T {
  try {
    return wanted.schema.parse(JSON.parse(text));
  } catch {
    const message = `${failed(wanted)}: the answer isn't one of an ironic-python-agent`;
    throw new BareMetalError('AgentUnreachable', message);
  }
}

function refusal(wanted: Call<unknown>, status: number, fault: string): BareMetalError {
  const words = `${failed(wanted)}: ${mask(fault, wanted.target.token)} (HTTP ${status})`;
  if (status === 401) return new BareMetalError('AgentLost', `${words}; the agent was restarted since its lookup`);
  if (status === 404)
    return new BareMetalError('AgentLost', `${words}; the agent was restarted since the command began`);
  if (status === 409) return new BareMetalError('AgentBusy', words);
  if (status >= 500) return new BareMetalError('AgentUnreachable', words);
  return new BareMetalError('AgentCommandFailed', words);
}

function failed({ target, deed }: Call<unknown>): string {
  return `Could not ${deed} of the agent of node ${target.nodeUuid} at ${target.callbackUrl}`;
}

/** Takes the token out of words that came from elsewhere. */
export function mask(words: string, token: string): string {
  return words.replaceAll(token, '******');
}

const refusedConnections = new WeakSet<Error>();

/** Whether a call failed because the machine answered that nothing listens where its agent was. */
export function isConnectionRefused(error: unknown): boolean {
  return error instanceof Error && refusedConnections.has(error);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const code = codeOf(error);
  const words = REASONS[code ?? ''];
  return words ?? (code === undefined ? error.name : `${code}`);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused; the agent isn’t up (any more)',
  ECONNRESET: 'the agent closed the connection',
  EHOSTUNREACH: 'no route to the address',
  UND_ERR_SOCKET: 'the agent closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within the time limit',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within the time limit',
  UND_ERR_BODY_TIMEOUT: 'the answer broke off',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it shows another certificate than the one the agent announced',
  SELF_SIGNED_CERT_IN_CHAIN: 'it shows another certificate than the one the agent announced',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it shows another certificate than the one the agent announced',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another address',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate isn’t valid yet; check the clocks of the machine and of this host',
};
