import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** How one call of the command ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** OpenStack's own `baremetal` command (python-ironicclient) against one endpoint. */
export interface Baremetal {
  /** Runs it and gives whatever happened. */
  attempt(...words: string[]): Promise<Outcome>;
  /** Runs it, fails when it fails. */
  run(...words: string[]): Promise<string>;
  /** Runs it with `-f json`. */
  json<T = Record<string, unknown>>(...words: string[]): Promise<T>;
  close(): void;
}

/** The virtual environment of the clients; installed when it isn't there (test/compat/install.sh). */
export function installClients(): string {
  return execFileSync(here('../install.sh'), { encoding: 'utf8' }).trim();
}

/** Opens the command for an API at `url`; `env` sets how it authenticates. */
export function openBaremetal(url: string, env: Readonly<Record<string, string>> = {}): Baremetal {
  const python = `${installClients()}/bin/python`;
  const child = spawn(python, [here('../baremetal-session.py')], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', OS_AUTH_TYPE: 'none', OS_ENDPOINT: url, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const attempt = async (...words: string[]): Promise<Outcome> => {
    child.stdin.write(`${JSON.stringify(words)}\n`);
    const line = await lines.next();
    if (line.done) throw new Error('the baremetal command ended by itself');
    return JSON.parse(line.value) as Outcome;
  };
  const run = async (...words: string[]): Promise<string> => {
    const { code, out, err } = await attempt(...words);
    if (code !== 0) throw new Error(`baremetal ${words.join(' ')} ended with ${code}: ${err}${out}`);
    return out;
  };
  return {
    attempt,
    run,
    async json<T>(...words: string[]) {
      return JSON.parse(await run(...words, '-f', 'json')) as T;
    },
    close: () => void child.kill(),
  };
}
