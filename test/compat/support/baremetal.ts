import { endpointWithoutAuth, openSession } from './session.ts';

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

/** Opens the command for an API at `url`; `env` sets how it authenticates. */
export function openBaremetal(url: string, env: Readonly<Record<string, string>> = {}): Baremetal {
  const session = openSession('baremetal-session.py', { ...endpointWithoutAuth(url), ...env });
  const attempt = async (...words: string[]): Promise<Outcome> => (await session.ask(words)) as Outcome;
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
    close: () => session.close(),
  };
}
