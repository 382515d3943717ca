import type { RequestHandler, Response } from 'express';
import { VERSION_HEADER } from './microversion.ts';
import type { Route } from './route.ts';

/** From 1.91 on a path is what it says. */
const LITERAL_SINCE = 91;
const SUFFIX = '.json';

interface Locals {
  version: number;
  hadJsonSuffix?: boolean;
}

/**
 * Takes `.json` off the end of a path for clients that say an older version: in those days it named the content type
 * (Ironic: api/middleware/json_ext.py).
 */
export function dropJsonSuffix(routes: readonly Pick<Route, 'path'>[]): RequestHandler {
  const literal = new Set(routes.map(({ path }) => path).filter((path) => path.endsWith(SUFFIX)));
  return (request, response, next) => {
    const locals = response.locals as Locals;
    const path = request.path.replace(/\/+$/, '');
    const saysVersion = request.header(VERSION_HEADER) !== undefined && locals.version < LITERAL_SINCE;
    if (saysVersion && path.endsWith(SUFFIX) && !literal.has(path)) {
      request.url = path.slice(0, -SUFFIX.length) + request.url.slice(request.path.length);
      locals.hadJsonSuffix = true;
    }
    next();
  };
}

/**
 * The parameters of a path that names a thing with its last word, as they are with the suffix that was taken off:
 * names may end so. Undefined where none was.
 */
export function withJsonSuffix(
  { params, response }: { readonly params: Readonly<Record<string, string>>; readonly response: Response },
  path: string,
): Readonly<Record<string, string>> | undefined {
  const name = /\/:(\w+)$/.exec(path)?.[1];
  if (name === undefined || (response.locals as Locals).hadJsonSuffix !== true) return undefined;
  return { ...params, [name]: `${params[name] ?? ''}${SUFFIX}` };
}
