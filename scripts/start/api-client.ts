import { setTimeout as sleep } from 'node:timers/promises';

/** What the journey reads of a node (Ironic's GET /v1/nodes/{id}). */
export interface NodeView {
  readonly uuid: string;
  readonly name: string | null;
  readonly provision_state: string;
  readonly target_provision_state: string | null;
  readonly power_state: string | null;
  readonly last_error: string | null;
  readonly maintenance: boolean;
  readonly maintenance_reason: string | null;
  /** What put it into maintenance, when that was no person. */
  readonly fault: string | null;
  readonly clean_step: { readonly interface?: string; readonly step?: string } | null;
  readonly deploy_step: { readonly interface?: string; readonly step?: string } | null;
}

/** An answer of the API that is no success. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks with a body, or without one. */
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const MICROVERSION = '1.90';
const RETRY_FOR_MS = 60_000;
const RETRY_PAUSE_MS = 500;

/** A small client of Anneal's REST API: what `curl` would do, with patience. */
export class ApiClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get<T>(path: string): Promise<T> {
    return this.#patiently('GET', path) as Promise<T>;
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#patiently('POST', path, body) as Promise<T>;
  }

  /** One attempt: whoever asks for an operation looks at the node before asking again. */
  putOnce(path: string, body: unknown): Promise<unknown> {
    return this.#ask('PUT', path, body);
  }

  patch(path: string, changes: readonly { op: string; path: string; value: unknown }[]): Promise<unknown> {
    return this.#patiently('PATCH', path, changes);
  }

  /** The thing, or undefined when the API answers 404. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  async #patiently(method: Method, path: string, body?: unknown): Promise<unknown> {
    for (const deadline = Date.now() + RETRY_FOR_MS; ; await sleep(RETRY_PAUSE_MS)) {
      try {
        return await this.#ask(method, path, body);
      } catch (error) {
        if (!isPassing(error, method) || Date.now() > deadline) throw error;
      }
    }
  }

  async #ask(method: Method, path: string, body: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json', 'x-openstack-ironic-api-version': MICROVERSION };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.#url}${path}`, { method, headers, ...text });
    const answer = await response.text();
    if (!response.ok) throw new ApiFailure(response.status, `${method} ${path}: ${response.status} ${faultOf(answer)}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }
}

/** Away, or locked by another operation: worth asking again, since any process may be killed and comes back. */
export function isPassing(error: unknown, method: Method): boolean {
  if (!(error instanceof ApiFailure)) return true;
  // A POST that is answered 409 made nothing: the thing exists.
  return error.status === 503 || (error.status === 409 && method !== 'POST');
}

/** Ironic's error is JSON with a string of JSON inside (or the object itself). */
function faultOf(answer: string): string {
  try {
    const { error_message: outer } = JSON.parse(answer) as { error_message?: unknown };
    const inner: unknown = typeof outer === 'string' ? JSON.parse(outer) : outer;
    if (typeof inner === 'object' && inner !== null && 'faultstring' in inner) return String(inner.faultstring);
  } catch {
    // Not Ironic's form: shown as it came.
  }
  return answer.slice(0, 300);
}
