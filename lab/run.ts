import { execFile } from 'node:child_process';
import { LabError } from './errors.ts';

/** How a program is run by {@link run}. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Killed after so long; default one minute. */
  readonly timeoutMs?: number;
  readonly input?: string;
}

const MOST_OUTPUT_BYTES = 32 * 1024 * 1024;

const explain = (program: string, args: readonly string[], output: string): string => {
  const command = [program, ...args].join(' ').slice(0, 300);
  return `${command} failed: ${output.trim().slice(-800) || 'it said nothing'}`;
};

/** What to do about a program that is not there. */
export const notFound = (program: string): string =>
  `The program ${program} is missing. Install the Debian packages named in docs/lab.md ("What it needs").`;

/**
 * Runs a program to its end without a shell and gives its standard output.
 * @throws LabError with the command and the end of what it said, also when the program is missing.
 */
export const run = async (program: string, args: readonly string[], options: RunOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        maxBuffer: MOST_OUTPUT_BYTES,
        timeout: options.timeoutMs ?? 60_000,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const missing = error.code === 'ENOENT';
        const said = stderr || stdout || error.message;
        return reject(new LabError(missing ? notFound(program) : explain(program, args, said), { cause: error }));
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });

/** True when the program runs and exits with 0. */
export const succeeds = async (program: string, args: readonly string[]): Promise<boolean> =>
  run(program, args).then(
    () => true,
    () => false,
  );
