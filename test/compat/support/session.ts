import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A Python program that answers lines of JSON with lines of JSON, one after the other. */
export interface Session {
  ask(request: unknown): Promise<unknown>;
  close(): void;
}

/** The virtual environment of the clients; installed when it isn't there (test/compat/install.sh). */
export function installClients(): string {
  return execFileSync(here('../install.sh'), { encoding: 'utf8' }).trim();
}

/** Starts one of the programs beside this folder with the clients' Python; `env` is its whole environment but the path. */
export function openSession(program: string, env: Readonly<Record<string, string>>): Session {
  const child = spawn(`${installClients()}/bin/python`, [here(`../${program}`)], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error(`${program} ended by itself`);
      return JSON.parse(line.value) as unknown;
    },
    close: () => void child.kill(),
  };
}

/** How OpenStack's Python clients are told of an API without authentication. */
export function endpointWithoutAuth(url: string): Record<string, string> {
  return { OS_AUTH_TYPE: 'none', OS_ENDPOINT: url };
}
