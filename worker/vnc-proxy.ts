import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import express from 'express';
import type { Logger } from 'pino';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import { findConsoleSession } from '../db/device-changes.ts';
import { getNodeByUuid } from '../db/nodes.ts';
import type { Queryable } from '../db/pool.ts';
import type { Drivers } from '../drivers/hardware-types.ts';
import { VNC_PAGE } from './vnc-page.ts';

/** What the proxy works with. */
export interface VncParts {
  readonly db: Queryable;
  readonly drivers: Pick<Drivers, 'hardwareType'>;
  readonly log: Logger;
  readonly site: string;
}

/** Where graphical consoles are served. */
export interface VncSettings {
  readonly address: string;
  readonly port: number;
  /** How often it is looked whether a token is still good. */
  readonly checkMs?: number;
}

const CHECK_MS = 5000;
/** Where noVNC looks for the websocket, as in Ironic. */
const WEBSOCKET_PATH = '/websockify';
/** RFC 6455 §7.4.1: policy violation. */
const NO_LONGER_ALLOWED = 1008;
const NOVNC = dirname(dirname(createRequire(import.meta.url).resolve('@novnc/novnc')));

/**
 * Serves the graphical consoles of the site to browsers: noVNC's page, and the remote framebuffer protocol over a
 * websocket for whoever brings a token that is still good. A connection ends with its token.
 * @returns stops it
 */
export async function startVncProxy(parts: VncParts, settings: VncSettings): Promise<() => Promise<void>> {
  const { address, port, checkMs = CHECK_MS } = settings;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });
  const server = createServer(pages());
  const stopping = new AbortController();
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    void openConsole(parts, request)
      .catch((err: unknown) => parts.log.warn({ err }, 'graphical console not opened'))
      .then((opened) => {
        if (!opened || stopping.signal.aborted) {
          opened?.screen.destroy();
          return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        }
        // A request that is no websocket's is refused by ws itself, which ends the socket.
        socket.once('close', () => opened.screen.destroy());
        sockets.handleUpgrade(request, socket, head, (webSocket) => relay(parts, { ...opened, webSocket, checkMs }));
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve());
  });
  server.on('error', (err) => parts.log.warn({ err }, 'graphical consoles'));
  return async () => {
    stopping.abort();
    for (const webSocket of sockets.clients) webSocket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

function pages(): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/vnc_lite.html', (_request, response) => void response.type('html').send(VNC_PAGE));
  app.use('/novnc', express.static(NOVNC, { index: false, dotfiles: 'ignore' }));
  return app;
}

interface OpenConsole {
  readonly token: string;
  readonly screen: Duplex;
}

/** The console that the request has a good token for, or undefined. */
async function openConsole(
  { db, drivers, site }: VncParts,
  request: IncomingMessage,
): Promise<OpenConsole | undefined> {
  const url = new URL(request.url ?? '/', 'http://here');
  const token = url.searchParams.get('token');
  if (url.pathname !== WEBSOCKET_PATH || token === null || isForeign(request)) return undefined;
  const nodeUuid = await findConsoleSession(db, token);
  const node = nodeUuid === undefined ? undefined : await getNodeByUuid(db, nodeUuid);
  if (node === undefined || node.conductorGroup !== site) return undefined;
  const { graphicalConsole } = drivers.hardwareType(node.driver);
  if (graphicalConsole === undefined) return undefined;
  return { token, screen: await graphicalConsole.open({ node, signal: AbortSignal.timeout(10_000) }) };
}

/** A page of somebody else's must not use a browser's way in here; clients that are no browsers send no origin. */
function isForeign({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host);
}

interface Relay extends OpenConsole {
  readonly webSocket: WebSocket;
  readonly checkMs: number;
}

function relay({ db, log }: VncParts, { token, screen, webSocket, checkMs }: Relay): void {
  const browser = createWebSocketStream(webSocket);
  // Either end may go away at any time; nothing is lost but the picture.
  const end = () => {
    clearInterval(timer);
    screen.destroy();
    browser.destroy();
  };
  const check = async () => {
    const isGood = (await findConsoleSession(db, token)) !== undefined;
    if (!isGood) webSocket.close(NO_LONGER_ALLOWED, 'The token is no longer good.');
  };
  const timer = setInterval(
    () => void check().catch((err: unknown) => log.warn({ err }, 'console token not checked')),
    checkMs,
  );
  for (const stream of [browser, screen]) stream.on('error', end).on('close', end);
  browser.pipe(screen).pipe(browser);
}
