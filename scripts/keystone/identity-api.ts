import { identityUrl, passwordLogin, type KeystoneAccount } from '../../api/auth/keystone-account.ts';

/** Keystone's Identity API v3, as an administrator. */
export interface IdentityApi {
  /** Finds a thing by its name (or other query), else makes it. @returns its id */
  ensure(
    collection: string,
    wanted: Readonly<Record<string, unknown>>,
    by: Readonly<Record<string, string>>,
  ): Promise<string>;
  /** Brings a thing to these values. */
  change(collection: string, id: string, values: Readonly<Record<string, unknown>>): Promise<void>;
  /** PUT of a relation, which is none the second time. */
  relate(path: string): Promise<void>;
}

const TIMEOUT_MS = 30_000;

// The member that holds one thing of each collection.
const ONE: Readonly<Record<string, string>> = {
  services: 'service',
  endpoints: 'endpoint',
  roles: 'role',
  projects: 'project',
  users: 'user',
};

/** Logs in. @throws Error that says what Keystone answered */
export async function openIdentityApi(administrator: KeystoneAccount): Promise<IdentityApi> {
  const base = identityUrl(administrator);
  let token = await logIn(base, administrator);
  const send = async (method: string, path: string, body: unknown): Promise<Response> =>
    await fetch(base + path, {
      method,
      headers: { 'Content-Type': 'application/json', 'X-Auth-Token': token },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const call = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    let answer = await send(method, path, body);
    if (answer.status === 401) {
      token = await logIn(base, administrator);
      answer = await send(method, path, body);
    }
    // Of a relation that is there already Keystone says that it is a duplicate.
    if (method === 'PUT' && answer.status === 409) return {};
    if (!answer.ok) throw new Error(`Keystone answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
  };
  return {
    async ensure(collection, wanted, by) {
      const found = (await call('GET', `/${collection}?${new URLSearchParams(by).toString()}`))[collection];
      const [present] = found as { id: string }[];
      if (present !== undefined) return present.id;
      const one = ONE[collection] ?? '';
      const made = (await call('POST', `/${collection}`, { [one]: wanted }))[one];
      return (made as { id: string }).id;
    },
    async change(collection, id, values) {
      await call('PATCH', `/${collection}/${id}`, { [ONE[collection] ?? '']: values });
    },
    async relate(path) {
      await call('PUT', path);
    },
  };
}

async function logIn(base: string, administrator: KeystoneAccount): Promise<string> {
  const answer = await fetch(`${base}/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: passwordLogin(administrator),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const token = answer.headers.get('X-Subject-Token');
  if (answer.status === 201 && token !== null) return token;
  throw new Error(`Keystone at ${base} answered ${answer.status} when "${administrator.username}" wanted to log in`);
}
