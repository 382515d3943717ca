import { resolve } from 'node:path';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Logger } from 'pino';
import { findNetworkBoot, type NetworkBoot } from '../db/agent-sessions.ts';
import { addHistoryOnce } from '../db/history.ts';
import type { Queryable } from '../db/pool.ts';
import { isUuid } from '../domain/ids.ts';
import { cachedImagePath, isSha256 } from '../drivers/images/cache-layout.ts';
import { agentScript, exitScript, firstScript, type AgentBootSettings } from './ipxe.ts';

/** What the boot service works with. */
export interface BootTools {
  readonly db: Queryable;
  readonly log: Logger;
  readonly agent: AgentBootSettings;
  readonly artifacts: { readonly kernel: string; readonly initrd: string; readonly rootfs: string | undefined };
  readonly imageCache: string;
}

/**
 * The HTTP side of the boot service: scripts for each machine, the agent's kernel and ramdisk, and the
 * images that the worker cached. It is open to the provisioning networks and gives away no secret.
 */
export function createBootApp(tools: BootTools): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.get('/boot.ipxe', (request, response) => serveScript(tools, request, response));
  app.get('/artifacts/:name', (request, response, next) => {
    const path = artifactPath(tools, request.params.name);
    if (path === undefined) next();
    else response.sendFile(resolve(path), { acceptRanges: true, dotfiles: 'allow' }, onlyFailures(next));
  });
  app.get('/images/:sha256', (request, response, next) => {
    const { sha256 } = request.params;
    if (!isSha256(sha256)) next();
    else response.sendFile(resolve(cachedImagePath(tools.imageCache, sha256)), IMAGE_ANSWER, onlyFailures(next));
  });
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.use((request, response) => void response.status(404).type('text').send(`Nothing is served at ${request.path}\n`));
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    answerError(tools.log, error, request, response);
  });
  return app;
}

const IMAGE_ANSWER = {
  acceptRanges: true,
  dotfiles: 'allow',
  immutable: true,
  maxAge: '1d',
  headers: { 'content-type': 'application/octet-stream' },
} as const;

/** A file that was sent whole is the end of the request; `next` would look for another answer. */
function onlyFailures(next: NextFunction): (error?: Error) => void {
  return (error) => {
    if (error !== undefined) next(error);
  };
}

async function serveScript(tools: BootTools, request: Request, response: Response): Promise<void> {
  const origin = originOf(request);
  const { mac } = request.query;
  response.type('text');
  if (typeof mac !== 'string') {
    response.send(firstScript(origin));
    return;
  }
  const boot = await findNetworkBoot(tools.db, mac);
  if (boot === undefined) {
    tools.log.info({ mac }, 'a machine that has no agent to boot was sent to its next boot device');
    response.send(exitScript('this machine has no agent to boot'));
    return;
  }
  tools.log.info({ mac, node: boot.nodeUuid, purpose: boot.network }, 'agent boot script served');
  await noteBoot(tools, boot, mac);
  response.send(agentScript({ mac, purpose: boot.network, origin }, tools.agent));
}

/**
 * Leaves a line in the node's history: when an agent never calls, its absence says that the machine didn't
 * get as far as DHCP and iPXE.
 */
async function noteBoot({ db }: BootTools, { nodeUuid, bootId, network }: NetworkBoot, mac: string): Promise<void> {
  const run = bootId.slice(0, bootId.lastIndexOf(':'));
  if (!isUuid(run)) return;
  const event = `Machine loads the agent by ${mac.toLowerCase()} on the ${network} network`;
  await addHistoryOnce(db, { nodeUuid, event, eventType: 'monitoring', severity: 'INFO', conductor: null, run });
}

const HOST_HEADER = /^[\w.-]+(?::\d+)?$|^\[[\da-f:]+\](?::\d+)?$/i;

/** This service as the machine reached it: the one address that is sure to work from there. */
function originOf(request: Request): string {
  const { host } = request.headers;
  if (host !== undefined && HOST_HEADER.test(host)) return `http://${host}`;
  const { localAddress, localPort } = request.socket;
  return `http://${localAddress}:${localPort}`;
}

function artifactPath({ artifacts }: BootTools, name: string): string | undefined {
  const served: Readonly<Record<string, string | undefined>> = artifacts;
  return Object.hasOwn(served, name) ? served[name] : undefined;
}

function answerError(log: Logger, error: unknown, request: Request, response: Response): void {
  const status = statusOf(error);
  if (status >= 500) log.error({ err: error, path: request.path }, 'request failed');
  // A transfer that broke off cannot be answered any more.
  if (response.headersSent) response.destroy();
  else
    response
      .status(status)
      .type('text')
      .send(status === 404 ? `No such file: ${request.path}\n` : 'Not now\n');
}

/** What express's file server says of a missing file (404) or range (416); 503 for the database. */
function statusOf(error: unknown): number {
  const known = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof known === 'number' && known >= 400 && known < 500 ? known : 503;
}
