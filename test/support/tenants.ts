import { startTestApi, type ApiAnswer, type TestApi } from './api.ts';
import { startFakeKeystone, type FakeKeystone, type FakeToken } from './fake-keystone.ts';

const ADMIN = ['admin', 'manager', 'member', 'reader'];

/** Tokens of persons in two projects, of the whole system and of a domain. */
export const TOKENS = {
  'sys-admin': { user: 'root', roles: ADMIN, system: true },
  'sys-member': { user: 'ops', roles: ['member', 'reader'], system: true },
  'sys-reader': { user: 'auditor', roles: ['reader'], system: true },
  'p1-admin': { user: 'ada', roles: ADMIN, project: 'p1' },
  'p1-manager': { user: 'max', roles: ['manager', 'member', 'reader'], project: 'p1' },
  'p1-member': { user: 'mia', roles: ['member', 'reader'], project: 'p1' },
  'p1-reader': { user: 'rob', roles: ['reader'], project: 'p1' },
  'p2-admin': { user: 'pia', roles: ADMIN, project: 'p2' },
  'p3-admin': { user: 'eve', roles: ADMIN, project: 'p3' },
  'domain-admin': { user: 'dom', roles: ADMIN, domain: 'default' },
} as const satisfies Record<string, FakeToken>;

/** A name of TOKENS. */
export type TokenName = keyof typeof TOKENS;

/** The front-end with a policy, and people who use it. */
export interface TenantApi {
  readonly api: TestApi;
  readonly keystone: FakeKeystone;
  as(token: TokenName, method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** Starts the front-end with a stand-in for Keystone that knows TOKENS. */
export async function startTenantApi(env: Readonly<Record<string, string>> = {}): Promise<TenantApi> {
  const keystone = await startFakeKeystone();
  for (const [text, token] of Object.entries(TOKENS)) keystone.tokens.set(text, token);
  const api = await startTestApi({ env: { ...keystone.env, ...env } });
  return {
    api,
    keystone,
    as: (token, method, path, body) =>
      api.request(method, path, { headers: { 'X-Auth-Token': token }, ...(body !== undefined && { body }) }),
    async close() {
      await api.close();
      await keystone.close();
    },
  };
}
