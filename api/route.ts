import type { z } from 'zod';
import type { Caller } from './auth/caller.ts';
import { parseInput } from './parse-input.ts';
import type { Access, Grant, Subject } from './policy/access.ts';

/** What every handler knows of the request besides its input. */
export interface RequestContext {
  /** Minor version of API 1 that was negotiated. */
  readonly version: number;
  /** Also the id of the update that starts an operation: a repeated request is one operation. */
  readonly requestId: string;
  readonly caller: Caller;
  /** What the policy lets the caller do in this request. */
  readonly grant: Grant;
  /** What links begin with: scheme, host and port as the client sees them. */
  readonly origin: string;
  /** The request's path without its query. */
  readonly path: string;
  /** What a client of an event stream has seen already; null at its first request. */
  readonly lastEventId: string | null;
}

/** A request as a handler gets it. */
export interface Call<Query, Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** Root fields that the client sent: defaults must not need a version. */
  readonly sent: readonly string[];
  readonly context: RequestContext;
}

/** What a handler answers; `body` is made JSON, `json` is JSON already. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly json?: string | Uint8Array;
  readonly location?: string;
  readonly contentType?: string;
  /** Text that comes bit by bit, in place of a body; to be ended when the signal fires. */
  readonly stream?: (signal: AbortSignal) => AsyncIterable<string>;
}

/** A request before its input was checked and before it was known to be allowed. */
export interface RawCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly context: Omit<RequestContext, 'grant'>;
}

/** A request whose input is checked, before it is known to be allowed. */
export interface ParsedCall<Query = unknown, Body = unknown> extends Omit<Call<Query, Body>, 'context'> {
  readonly context: RawCall['context'];
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** How a version that doesn't know a resource yet refuses it: Ironic has not one way for all. */
export interface Refusal {
  readonly message?: string;
  /** 404 when absent; 405 where only reading is denied to exist. */
  readonly status?: 404 | 405;
  /** In the form of errors from within a controller. */
  readonly isFault?: boolean;
}

interface RouteFacts {
  readonly method: Method;
  /** Express path; parameters as `:node`. */
  readonly path: string;
  /** Media types of which the client must accept one; for others the path does not exist. */
  readonly media?: readonly string[];
  /** First minor version that has it; older ones answer 404. */
  readonly since?: number;
  /** How older versions refuse it, where that is not a plain 404. */
  readonly refusal?: Refusal;
  /** Takes bodies up to ANNEAL_API_MAX_LARGE_BODY_BYTES: config drives and inventories. */
  readonly large?: boolean;
}

/** One line of the API: what it is called, who may use it, what it takes, what it does. The schemas are kept for OpenAPI. */
export interface Route extends RouteFacts {
  readonly schemas: { readonly query?: z.ZodType | undefined; readonly body?: z.ZodType | undefined };
  /** Undefined for a line that is open to everybody. */
  readonly access: Access<ParsedCall> | undefined;
  readonly subject: ((call: ParsedCall) => Subject | undefined) | undefined;
  readonly parse: (call: RawCall) => ParsedCall;
  readonly run: (call: Call<unknown, unknown>) => Promise<Answer>;
}

interface Whoever {
  /** Answers without authentication: version documents and the agent's end points. */
  readonly open: true;
}

interface Somebody<Query, Body> {
  /** Who may (domain/policy/rules.ts). It is asked about the thing that the path names (api/policy/subjects.ts). */
  readonly rule: Access<ParsedCall<Query, Body>>;
  /** The thing that the rule is asked about where it isn't in the path. */
  readonly subject?: (call: ParsedCall<Query, Body>) => Subject | undefined;
}

type RouteDefinition<Query, Body> = RouteFacts &
  (Whoever | Somebody<Query, Body>) & {
    readonly query?: z.ZodType<Query>;
    /** What the body is called in messages: `node`, `patch`. */
    readonly bodyName?: string;
    readonly body?: z.ZodType<Body>;
    readonly run: (call: Call<Query, Body>) => Promise<Answer> | Answer;
  };

/** Makes a line of the API: parse, ask the policy, act, present. A query without a schema must be empty. */
export function route<Query = undefined, Body = undefined>(definition: RouteDefinition<Query, Body>): Route {
  const { method, path, media, since, refusal, large, query, body, bodyName, run } = definition;
  const { rule, subject } = 'open' in definition ? { rule: undefined, subject: undefined } : definition;
  return {
    method,
    path,
    ...(since !== undefined && { since }),
    ...(media !== undefined && { media }),
    ...(refusal !== undefined && { refusal }),
    ...(large !== undefined && { large }),
    schemas: { query, body },
    // The route's own parse() makes what its rule, its subject and its run() get.
    access: rule as Access<ParsedCall> | undefined,
    subject: subject as Route['subject'],
    parse: (call) => ({
      ...call,
      sent: typeof call.body === 'object' && call.body !== null ? Object.keys(call.body) : [],
      query: parseInput(query, call.query, 'query') as Query,
      body: parseInput(body, call.body, bodyName ?? 'body') as Body,
    }),
    run: async (call) => await run(call as Call<Query, Body>),
  };
}
