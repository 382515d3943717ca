import type { ErrorRequestHandler, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import pg from 'pg';
import { BareMetalError } from '../domain/errors.ts';

/** Ironic's usual error: JSON in JSON, as its clients have parsed it since the days of WSME. */
export function sendFault(response: Response, status: number, message: string): void {
  const fault = { faultcode: status < 500 ? 'Client' : 'Server', faultstring: message, debuginfo: null };
  send(response, status, fault);
}

/** Ironic's other error, from before a controller was found: unknown paths, methods and versions. */
export function sendRefusal(response: Response, status: number, description: string): void {
  send(response, status, { code: status, title: STATUS_CODES[status] ?? 'Error', description });
}

function send(response: Response, status: number, inner: object): void {
  const text = JSON.stringify({ error_message: JSON.stringify(inner) });
  response.status(status).setHeader('Content-Type', 'application/json');
  response.end(text);
}

/** The one place where errors become HTTP (conventions: Errors). */
export function createErrorHandler(log: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const known = toBareMetalError(error);
    if (known.kind === 'bug' || known.status >= 500) {
      log.error({ err: error, method: request.method, path: request.path }, 'request failed');
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (known.status === 503) response.setHeader('Retry-After', '2');
    sendFault(
      response,
      known.status,
      known.kind === 'bug' ? 'Internal server error; the log has the details.' : known.message,
    );
  };
}

/** Errors of body-parser: they carry a status and say by `type` what they are. */
interface BodyError {
  readonly status: number;
  readonly type: string;
}

function isBodyError(error: unknown): error is BodyError & Error {
  return error instanceof Error && 'type' in error && 'status' in error && typeof error.status === 'number';
}

// The trigger of migration 0030.
const QUOTA_EXCEEDED = 'AN001';

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P03', '53300']);

/** The status that an error is answered with. */
export function statusOfError(error: unknown): number {
  return toBareMetalError(error).status;
}

function toBareMetalError(error: unknown): BareMetalError {
  if (error instanceof BareMetalError) return error;
  if (isBodyError(error) && error.status < 500) return bodyError(error);
  if (error instanceof pg.DatabaseError && error.code === QUOTA_EXCEEDED) {
    return new BareMetalError('QuotaExceeded', error.message, { cause: error });
  }
  if (isDatabaseDown(error)) {
    return new BareMetalError('ServiceUnavailable', 'PostgreSQL does not answer; try again.', { cause: error });
  }
  if (error instanceof pg.DatabaseError && isUnstorable(error)) {
    const message = 'A text of the request cannot be stored: it holds U+0000 or half of a surrogate pair.';
    return new BareMetalError('InvalidParameterValue', message, { cause: error });
  }
  return new BareMetalError('InternalError', 'Internal server error', { cause: error });
}

/** PostgreSQL's texts hold neither U+0000 nor lone surrogates, which JSON allows (RFC 8259 §8.2). */
function isUnstorable({ code, message }: pg.DatabaseError): boolean {
  const notAsText = code === '22021' || code === '22P05';
  return notAsText || (code === '22P02' && message === 'invalid input syntax for type json');
}

function bodyError(error: BodyError & Error): BareMetalError {
  if (error.type === 'entity.too.large') {
    return new BareMetalError('RequestTooLarge', `The request body is too large: ${error.message}`, { cause: error });
  }
  return new BareMetalError('InvalidParameterValue', `The request body is not JSON: ${error.message}`, {
    cause: error,
  });
}

function isDatabaseDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CONNECTION_CODES.has(code) || isSocketMissing(error, code)) return true;
  if (error instanceof pg.DatabaseError) return false;
  return /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message);
}

/** PostgreSQL's unix socket is a file; any other missing file is no word about PostgreSQL. */
function isSocketMissing(error: Error, code: string): boolean {
  return code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect';
}
