import type { Request, RequestHandler, Response } from 'express';
import { sendFault, sendRefusal } from './error-handler.ts';
import { VERSION_HEADERS } from './microversion.ts';
import type { Route } from './route.ts';

/** As Ironic answers where no controller was found: without the version headers. */
export function refuseUnrouted(response: Response, status: number, description: string): void {
  for (const name of VERSION_HEADERS) response.removeHeader(name);
  sendRefusal(response, status, description);
}

/** A version that nobody serves: Ironic's root is a controller already, all else is looked for below it. */
export function refuseVersion(request: Request, response: Response, description: string): void {
  const refuse = request.path === '/' ? sendFault : sendRefusal;
  refuse(response, 406, description);
}

/** Parts of a node or portgroup whose version Ironic looks at before it has found a controller. */
const HIDDEN =
  /^\/v1\/(?:nodes\/:node\/(?:(?:portgroups|vifs|bios|allocation|history|inventory|firmware|vmedia)(?:\/|$)|volume\/)|portgroups\/:portgroup\/)/;

/** Refuses requests at versions that don't have the line yet; `version` is what was negotiated. */
export function refuseOlderVersions(
  { path, since = 1, refusal = { isFault: !HIDDEN.test(path) } }: Route,
  version: (response: Response) => number,
): RequestHandler {
  const { status = 404, isFault = false } = refusal;
  // Where there is no controller, nobody says why.
  const { message = isFault ? `This needs API version 1.${since} or newer.` : '' } = refusal;
  const refuse = isFault ? sendFault : refuseUnrouted;
  return (_request, response, next) => {
    if (version(response) >= since) next();
    else refuse(response, status, message);
  };
}
