import type { z } from 'zod';
import { parseInput } from './parse-input.ts';

/** What every handler knows of the request besides its input. */
export interface RequestContext {
  /** Minor version of API 1 that was negotiated. */
  readonly version: number;
  /** Also the id of the update that starts an operation: a repeated request is one operation. */
  readonly requestId: string;
  /** The user name that was proved; null without authentication. */
  readonly username: string | null;
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
  readonly json?: string;
  readonly location?: string;
  readonly contentType?: string;
  /** Text that comes bit by bit, in place of a body; to be ended when the signal fires. */
  readonly stream?: (signal: AbortSignal) => AsyncIterable<string>;
}

/** A request before its input was checked. */
export interface RawCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly context: RequestContext;
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
  /** Answers without authentication: version documents and the agent's end points. */
  readonly open?: boolean;
  /** Takes bodies up to ANNEAL_API_MAX_LARGE_BODY_BYTES: config drives and inventories. */
  readonly large?: boolean;
}

/** One line of the API: what it is called, what it takes, what it does. The schemas are kept for OpenAPI. */
export interface Route extends RouteFacts {
  readonly schemas: { readonly query?: z.ZodType | undefined; readonly body?: z.ZodType | undefined };
  readonly handle: (call: RawCall) => Promise<Answer>;
}

interface RouteDefinition<Query, Body> extends RouteFacts {
  readonly query?: z.ZodType<Query>;
  /** What the body is called in messages: `node`, `patch`. */
  readonly bodyName?: string;
  readonly body?: z.ZodType<Body>;
  readonly run: (call: Call<Query, Body>) => Promise<Answer> | Answer;
}

/** Makes a line of the API: parse, act, present. A query without a schema must be empty. */
export function route<Query = undefined, Body = undefined>(definition: RouteDefinition<Query, Body>): Route {
  const { query, body, bodyName, run, ...facts } = definition;
  return {
    ...facts,
    schemas: { query, body },
    async handle(call) {
      return await run({
        ...call,
        sent: typeof call.body === 'object' && call.body !== null ? Object.keys(call.body) : [],
        query: parseInput(query, call.query, 'query') as Query,
        body: parseInput(body, call.body, bodyName ?? 'body') as Body,
      });
    },
  };
}
