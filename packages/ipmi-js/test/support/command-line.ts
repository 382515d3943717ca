import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TERMINAL = fileURLToPath(new URL('../cli/terminal.py', import.meta.url));
const NODE = [process.execPath, '--import', 'tsx', MAIN];

const LIMIT_MS = 120_000;

/** What a finished run left. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs ipmi-js without a terminal. */
export function ipmiJs(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const [program = '', ...args] = [...NODE, ...words];
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: LIMIT_MS };
    const child = execFile(program, args, options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 255), out, err }),
    );
    child.stdin?.end();
  });
}

/** What to type when the screen shows something. */
export interface Typing {
  readonly when: string;
  readonly type: string;
}

/** Runs a program on a terminal of its own and types when the screen shows something. */
export function typeInto(
  command: readonly string[],
  steps: readonly Typing[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ screen: string; code: number; left: number }> {
  return new Promise((resolve, reject) => {
    const inherited = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
    const options = { env: { ...inherited, ...env }, timeout: LIMIT_MS };
    const child = execFile('python3', [TERMINAL, ...command], options, (error, out) => {
      if (error !== null) reject(error);
      else resolve(JSON.parse(out) as { screen: string; code: number; left: number });
    });
    child.stdin?.end(steps.map((step) => JSON.stringify(step)).join('\n'));
  });
}

/** Runs ipmi-js on a terminal and types when the screen shows something. */
export const onTerminal = (words: readonly string[], steps: readonly Typing[]) => typeInto([...NODE, ...words], steps);
