import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from '../../domain/policy/evaluate.ts';

/** Who sends a request. */
export interface Caller {
  /** For records and logs. */
  readonly username: string | null;
  readonly userId: string | null;
  readonly projectId: string | null;
  /** What the policy is asked with; null where there is no policy: then everything is allowed (Ironic does the same). */
  readonly credentials: Credentials | null;
}

/** Somebody of whom at most the name is known. */
export function namedCaller(username: string | null): Caller {
  return { username, userId: null, projectId: null, credentials: null };
}

/** Whoever it is. */
export const ANYBODY: Caller = namedCaller(null);

/** A way to find out who sends a request. */
export interface Authenticator {
  /** @throws BareMetalError `NotAuthorized`, `ServiceUnavailable` */
  identify(headers: IncomingHttpHeaders): Promise<Caller>;
  /** The WWW-Authenticate header of a refusal (RFC 9110 §11.6.1), and the refusal's body. */
  readonly challenge: string;
  refusal(message: string): unknown;
}
