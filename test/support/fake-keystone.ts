import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a token of the stand-in says. */
export interface FakeToken {
  readonly user: string;
  readonly roles: readonly string[];
  /** Project, `system` or `domain`; a project's id is its name. */
  readonly project?: string;
  readonly system?: true;
  readonly domain?: string;
  readonly expiresInMs?: number;
}

/** A stand-in for Keystone: it answers what test/contract/keystone.test.ts saw the real one answer. */
export interface FakeKeystone {
  readonly url: string;
  /** The configuration of an api that trusts it. */
  readonly env: Readonly<Record<string, string>>;
  readonly tokens: Map<string, FakeToken>;
  /** How often it was asked to validate, and to log in. */
  readonly asked: { validations: number; logins: number };
  /** While set, everything is answered with this status. */
  broken: number | undefined;
  /** Forgets the tokens of the service account. */
  revokeOwn(): void;
  close(): Promise<void>;
}

const PASSWORD = 'service-password';
const DOMAIN = { id: 'default', name: 'Default' };

/** Starts it on a free port of loopback. */
export async function startFakeKeystone(): Promise<FakeKeystone> {
  const own = new Set<string>();
  const server = createServer((request, response) => void answer(request, response, { keystone, own }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keystone: FakeKeystone = {
    url,
    env: {
      ANNEAL_AUTH_STRATEGY: 'keystone',
      ANNEAL_KEYSTONE_URL: url,
      ANNEAL_KEYSTONE_PUBLIC_URL: 'https://identity.example/v3',
      ANNEAL_KEYSTONE_PASSWORD: PASSWORD,
    },
    tokens: new Map(),
    asked: { validations: 0, logins: 0 },
    broken: undefined,
    revokeOwn: () => own.clear(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return keystone;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { keystone, own }: { keystone: FakeKeystone; own: Set<string> },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const send = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  if (keystone.broken !== undefined) return void send(keystone.broken, {});
  if (request.method === 'POST') {
    keystone.asked.logins += 1;
    if (!Buffer.concat(chunks).includes(PASSWORD)) return void send(401, {});
    const text = `own-${keystone.asked.logins}`;
    own.add(text);
    return void send(201, bodyOf({ user: 'ironic', roles: ['admin', 'service'], project: 'service' }), {
      'X-Subject-Token': text,
    });
  }
  keystone.asked.validations += 1;
  if (!own.has(String(request.headers['x-auth-token']))) return void send(401, {});
  const token = keystone.tokens.get(String(request.headers['x-subject-token']));
  const isOver = token !== undefined && (token.expiresInMs ?? 1) <= 0;
  if (token === undefined || (isOver && !(request.url ?? '').includes('allow_expired=1'))) return void send(404, {});
  send(200, bodyOf(token));
}

function bodyOf({ user, roles, project, system, domain, expiresInMs = 3_600_000 }: FakeToken) {
  return {
    token: {
      expires_at: new Date(Date.now() + expiresInMs).toISOString(),
      user: { id: `id-of-${user}`, name: user, domain: DOMAIN },
      roles: roles.map((name) => ({ id: name, name })),
      ...(project !== undefined && { project: { id: project, name: project, domain: DOMAIN } }),
      ...(system !== undefined && { system: { all: true } }),
      ...(domain !== undefined && { domain: { id: domain, name: domain } }),
    },
  };
}
