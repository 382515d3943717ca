import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { compare } from 'bcryptjs';
import type { Logger } from 'pino';
import { BareMetalError } from '../../domain/errors.ts';
import { namedCaller, type Authenticator } from './caller.ts';

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
 * The file is read again when its time of change differs; a change that doesn't fit is logged and the users from
 * before stay.
 */
export function authenticateByFile(path: string, log: Logger): Authenticator {
  let users: Users | undefined;
  return {
    challenge: 'Basic realm="Baremetal API"',
    // The shape of Ironic's basic authentication middleware.
    refusal: (message) => ({ error: { message, code: 401 } }),
    async identify({ authorization }) {
      const pair = parseBasic(authorization);
      users = await currentUsers(path, users, log);
      await prove(pair, users);
      return namedCaller(pair.username);
    },
  };
}

interface Pair {
  readonly username: string;
  readonly password: string;
}

async function prove({ username, password }: Pair, users: Users): Promise<void> {
  const digest = createHash('sha256').update(`${username}\0${password}`).digest('base64');
  if (users.proved.has(digest)) return;
  const hash = users.hashes.get(username);
  // An unknown user costs as much time as a wrong password.
  const fits = await compare(password, hash ?? DUMMY_HASH);
  if (hash === undefined || !fits) throw new BareMetalError('NotAuthorized', 'Incorrect username or password');
  if (users.proved.size >= MAX_REMEMBERED) users.proved.clear();
  users.proved.add(digest);
}

const DUMMY_HASH = '$2b$10$CwTycUXWue0Thq9StjUM0uJ8kBq3nq0Qz0l0m7Yy6xZcQ1b1s2t3u';

function parseBasic(authorization: string | undefined): Pair {
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

async function currentUsers(path: string, known: Users | undefined, log: Logger): Promise<Users> {
  const { mtimeMs: modifiedMs } = await stat(path);
  if (known?.modifiedMs === modifiedMs) return known;
  const text = await readFile(path, 'utf8');
  try {
    return { modifiedMs, hashes: parseHtpasswd(text, path), proved: new Set() };
  } catch (error) {
    if (known === undefined) throw error;
    log.error({ err: error, path }, 'the htpasswd file does not fit; the users from before stay');
    return { ...known, modifiedMs };
  }
}

/**
 * Refuses a file that would let nobody in, before the API serves.
 * @throws Error that names the file, what is wrong with it and what to do
 */
export async function assertUsable(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const advice = 'name one that the api may read; "htpasswd -cB <file> <user>" makes it';
    throw new Error(`ANNEAL_HTPASSWD_FILE: ${path} can't be read (${cause.code}); ${advice}.`, { cause });
  });
  parseHtpasswd(text, path);
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
