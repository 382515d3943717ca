import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { BareMetalError } from '../domain/errors.ts';
import { allowCodecOrigins } from './anneal/codec.ts';
import { createAudit, type Audit } from './audit.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { ANYBODY, type Authenticator, type Caller } from './auth/caller.ts';
import type { ApiConfig } from './config.ts';
import { createErrorHandler, statusOfError } from './error-handler.ts';
import { jsonBody } from './json-body.ts';
import { accepts } from './media.ts';
import { measureRequests } from './metrics.ts';
import { dropJsonSuffix, withJsonSuffix } from './json-suffix.ts';
import { negotiateVersion } from './microversion.ts';
import { createGuard, type Guard } from './policy/guard.ts';
import { createPolicySource } from './policy/policy-source.ts';
import { subjectOf } from './policy/subjects.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { refuseOlderVersions, refuseUnrouted, refuseVersion } from './refusals.ts';
import type { Answer, ParsedCall, RawCall, Route } from './route.ts';
import { allRoutes } from './routes.ts';
import type { Tools } from './tools.ts';

/** The whole front-end; no globals, so that a test may have as many as it likes. */
export function createApp(tools: Tools): Express {
  const { config, log } = tools;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // From whom X-Forwarded-For is believed: then request.ip is the client's.
  app.set('trust proxy', config.ANNEAL_API_TRUSTED_PROXIES);
  // Express gives null where there is no query; newer Node versions read that as one named "null".
  app.set('query parser', (query: string | null) => Object.fromEntries(new URLSearchParams(query ?? '')));
  app.use(measureRequests(log), giveRequestId, allowCodecOrigins(config), giveVersion);
  const source = createPolicySource(config.ANNEAL_POLICY_FILE, log);
  const gate = {
    authenticator: createAuthenticator(config, log),
    rate: createRateLimit({ perMinute: config.ANNEAL_API_RATE_PER_MINUTE, burst: config.ANNEAL_API_RATE_BURST }),
    guard: createGuard({ db: tools.db, source, serviceProject: config.ANNEAL_ELEVATED_SERVICE_PROJECT }),
    audit: createAudit(tools.db, log),
    config,
  };
  const routes = allRoutes(tools, source);
  app.use(dropJsonSuffix(routes), supplyVersionInPath(routes));
  for (const line of routes) mount(app, line, gate);
  refuseOtherMethods(app, routes);
  app.use((_request: Request, response: Response) => refuseUnrouted(response, 404, ''));
  app.use(createErrorHandler(log));
  return app;
}

/** Ironic's bookmark links leave the version out of the path: `/nodes` is `/v1/nodes`. */
function supplyVersionInPath(routes: readonly Route[]): RequestHandler {
  const firstWord = (path: string): string => path.split('/')[1] ?? '';
  const known = new Set(routes.map(({ path }) => firstWord(path)));
  return (request, _response, next) => {
    if (!known.has(firstWord(request.path))) request.url = `/v1${request.url}`;
    next();
  };
}

/** What stands before every line: who is it, and may they. */
interface Gate {
  readonly authenticator: Authenticator;
  readonly rate: RateLimit;
  readonly guard: Guard;
  readonly audit: Audit;
  readonly config: ApiConfig;
}

function mount(app: Express, line: Route, { authenticator, rate, guard, audit, config }: Gate): void {
  const limit = line.large ? config.ANNEAL_API_MAX_LARGE_BODY_BYTES : config.ANNEAL_API_MAX_BODY_BYTES;
  const handlers: RequestHandler[] = [
    passOnOtherMedia(line),
    refuseOlderVersions(line, versionOf),
    identifyCaller(line, { authenticator, rate }),
  ];
  if (line.schemas.body !== undefined) {
    handlers.push(...jsonBody({ limit, maxDepth: config.ANNEAL_API_MAX_JSON_DEPTH }));
  }
  app[line.method](line.path, ...handlers, async (request: Request, response: Response) => {
    const params = request.params as Record<string, string>;
    const context = contextOf(request, response, config);
    const call = line.parse({ params, query: request.query, body: request.body as unknown, context });
    const answerTo = async (asked: ParsedCall): Promise<Answer> => {
      const grant = await guard(line, asked);
      return await line.run({ ...asked, context: { ...context, grant } });
    };
    const suffixed = withJsonSuffix({ params, response }, line.path);
    const answer = () =>
      answerTo(call).catch((error: unknown) => {
        if (suffixed === undefined || statusOfError(error) !== 404) throw error;
        return answerTo({ ...call, params: suffixed });
      });
    const { path, requestId, caller } = context;
    const meant = [call, ...(suffixed === undefined ? [] : [{ ...call, params: suffixed }])];
    const subjects = meant.map((one) => subjectOf(line, one)).filter((one) => one !== undefined);
    const asked = { requestId, method: request.method, path, subjects, caller, address: request.ip };
    // What agents send all the time is nobody's request.
    await sendAnswer(response, await (line.access === undefined ? answer() : audit(asked, answer)));
  });
}

function contextOf(request: Request, response: Response, config: ApiConfig): RawCall['context'] {
  const locals = response.locals as Locals;
  const host = request.headers.host ?? `${config.ANNEAL_API_HOST}:${config.ANNEAL_API_PORT}`;
  return {
    version: locals.version,
    requestId: locals.requestId,
    caller: locals.caller ?? ANYBODY,
    origin: config.ANNEAL_PUBLIC_ENDPOINT?.replace(/\/+$/, '') ?? `${request.protocol}://${host}`,
    path: request.path,
    lastEventId: request.header('Last-Event-ID') ?? null,
  };
}

/** What the middlewares below leave for the handlers. */
interface Locals {
  requestId: string;
  version: number;
  caller?: Caller;
}

const versionOf = (response: Response): number => (response.locals as Locals).version;

const REQUEST_ID = /^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A client may name its request, so that asking again is the same request (design §4); else a name is made. */
function giveRequestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.header('X-Openstack-Request-Id') ?? '';
  const requestId = REQUEST_ID.test(given) ? given : `req-${randomUUID()}`;
  (response.locals as Locals).requestId = requestId;
  response.setHeader('X-Openstack-Request-Id', requestId);
  response.setHeader('Openstack-Request-Id', requestId);
  next();
}

function giveVersion(request: Request, response: Response, next: NextFunction): void {
  const negotiated = negotiateVersion((name) => request.header(name));
  response.set(negotiated.headers);
  if ('refusal' in negotiated) {
    refuseVersion(request, response, negotiated.refusal);
    return;
  }
  (response.locals as Locals).version = negotiated.version;
  next();
}

/** What is behind a media type of Anneal's own is not there for whoever doesn't ask for that. */
function passOnOtherMedia({ media }: Route): RequestHandler {
  return (request, _response, next) => {
    if (media === undefined || accepts(request.header('Accept'), media)) next();
    else next('route');
  };
}

/** @throws BareMetalError `TooManyRequests` */
function refuseTooMany(response: Response, seconds: number): void {
  if (seconds === 0) return;
  response.setHeader('Retry-After', String(seconds));
  throw new BareMetalError('TooManyRequests', `Too many requests; ask again in ${seconds} s.`);
}

/** Finds out who asks, and lets nobody ask too often: callers by who they are, failures by where they come from. */
function identifyCaller(line: Route, { authenticator, rate }: Pick<Gate, 'authenticator' | 'rate'>): RequestHandler {
  if (line.access === undefined) return (_request, _response, next) => next();
  return async (request, response, next) => {
    const address = `at ${request.ip ?? ''}`;
    refuseTooMany(response, rate.wait(address));
    try {
      const caller = await authenticator.identify(request.headers);
      (response.locals as Locals).caller = caller;
      refuseTooMany(response, rate.take(caller.userId ?? caller.username ?? address));
    } catch (error) {
      if (!(error instanceof BareMetalError) || error.code !== 'NotAuthorized') throw error;
      rate.take(address);
      response.setHeader('WWW-Authenticate', authenticator.challenge);
      response.status(error.status).setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(authenticator.refusal(error.message)));
      return;
    }
    next();
  };
}

/** A known path with another method is 405, not 404. */
function refuseOtherMethods(app: Express, routes: readonly Route[]): void {
  const known = routes.filter(({ media }) => media === undefined);
  for (const path of new Set(known.map((line) => line.path))) {
    const allowed = known.filter((line) => line.path === path).map((line) => line.method.toUpperCase());
    app.all(path, (_request: Request, response: Response) => {
      response.setHeader('Allow', allowed.join(', '));
      refuseUnrouted(response, 405, '');
    });
  }
}

async function sendAnswer(response: Response, answer: Answer): Promise<void> {
  const { status, body, json, location, contentType, stream } = answer;
  response.status(status);
  if (location !== undefined) response.setHeader('Location', location);
  if (stream !== undefined) {
    await sendStream(response, stream, contentType);
    return;
  }
  const text = json ?? (body === undefined ? undefined : JSON.stringify(body));
  if (text === undefined) {
    response.end();
    return;
  }
  response.setHeader('Content-Type', contentType ?? 'application/json');
  response.end(text);
}

/** A client that goes away ends the stream; it comes back with what it has seen (Last-Event-ID). */
async function sendStream(
  response: Response,
  stream: NonNullable<Answer['stream']>,
  contentType = 'text/plain',
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  // Express would add a charset to the type.
  response.setHeader('Content-Type', contentType);
  response.set({ 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' });
  for await (const text of stream(gone.signal)) {
    if (gone.signal.aborted) return;
    if (!response.write(text)) await once(response, 'drain', { signal: gone.signal }).catch(() => {});
  }
  response.end();
}
