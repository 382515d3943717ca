import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { compare } from 'bcryptjs';
import { BareMetalError } from '../domain/errors.ts';

/** Tells who sends a request, from its Authorization header. @throws BareMetalError `NotAuthorized` */
export type Authenticate = (authorization: string | undefined) => Promise<string | null>;

/** Nobody is asked anything (auth_strategy noauth). */
export const authenticateNobody: Authenticate = () => Promise.resolve(null);

// Bounds what a flood of made-up passwords can make us remember.
const MAX_REMEMBERED = 1000;

interface Users {
  readonly modifiedMs: number;
  readonly hashes: ReadonlyMap<string, string>;
  /** Digests of user and password pairs that were proved: bcrypt is slow on purpose, requests are many. */
  readonly proved: Set<string>;
}

/**
 * HTTP basic authentication against an Apache htpasswd file with bcrypt hashes, as Ironic's http_basic.
 * The file is read again when its time of change differs.
 */
export function authenticateByFile(path: string): Authenticate {
  let users: Users | undefined;
  return async (authorization) => {
    const { username, password } = parseBasic(authorization);
    users = await currentUsers(path, users);
    const digest = createHash('sha256').update(`${username}\0${password}`).digest('base64');
    if (users.proved.has(digest)) return username;
    const hash = users.hashes.get(username);
    // An unknown user costs as much time as a wrong password.
    const fits = await compare(password, hash ?? DUMMY_HASH);
    if (hash === undefined || !fits) throw new BareMetalError('NotAuthorized', 'Incorrect username or password');
    if (users.proved.size >= MAX_REMEMBERED) users.proved.clear();
    users.proved.add(digest);
    return username;
  };
}

const DUMMY_HASH = '$2b$10$CwTycUXWue0Thq9StjUM0uJ8kBq3nq0Qz0l0m7Yy6xZcQ1b1s2t3u';

function parseBasic(authorization: string | undefined): { username: string; password: string } {
  if (authorization === undefined) throw new BareMetalError('NotAuthorized', 'Authorization required');
  const [scheme, token] = authorization.trim().split(/\s+/);
  if (scheme?.toLowerCase() !== 'basic' || token === undefined) {
    throw new BareMetalError('NotAuthorized', 'Only HTTP basic authentication is accepted');
  }
  const text = Buffer.from(token, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw new BareMetalError('NotAuthorized', 'Could not decode the credentials');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function currentUsers(path: string, known: Users | undefined): Promise<Users> {
  const { mtimeMs } = await stat(path);
  if (known?.modifiedMs === mtimeMs) return known;
  return { modifiedMs: mtimeMs, hashes: parseHtpasswd(await readFile(path, 'utf8'), path), proved: new Set() };
}

/**
 * The users of an htpasswd file and their bcrypt hashes.
 * @throws Error that names the line whose hash is of another kind, never the hash
 */
export function parseHtpasswd(text: string, path: string): Map<string, string> {
  const entries = text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
  return new Map(
    entries.map(({ line, number }) => {
      const [, username, hash] = /^([^:]+):(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})$/.exec(line) ?? [];
      if (username !== undefined && hash !== undefined) return [username, hash];
      throw new Error(`${path}, line ${number}: expected user:hash with a bcrypt hash (htpasswd -nbB user password)`);
    }),
  );
}
