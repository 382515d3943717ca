import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** First of the farm's ports on 127.0.0.1. */
export const FIRST_PORT = 20_000;

/** What the way to a farm is like. */
export interface Network {
  readonly name: string;
  readonly delayMs: number;
  readonly loss: number;
}

/** Networks of the sweeps; delay and loss befall what a BMC receives. */
export const NETWORKS: readonly Network[] = [
  { name: '0 ms', delayMs: 0, loss: 0 },
  { name: '10 ms', delayMs: 10, loss: 0 },
  { name: '10 ms, 5 % loss', delayMs: 10, loss: 0.05 },
];

/** BMCs in a process of their own. */
export interface Farm {
  readonly stop: () => Promise<void>;
}

/** Starts `count` of our virtual BMCs. */
export function startFarm(count: number, { delayMs, loss }: Network): Promise<Farm> {
  const program = new URL('farm.ts', import.meta.url).pathname;
  const args = [program, count, FIRST_PORT, delayMs, loss].map(String);
  return untilReady(spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** Starts `count` of go-ipmi's BMCs. */
export function startGoFarm(program: string, count: number): Promise<Farm> {
  const args = ['farm', FIRST_PORT, count].map(String);
  return untilReady(spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] }));
}

function untilReady(child: ChildProcess): Promise<Farm> {
  const stop = async (): Promise<void> => {
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve({ stop }));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the farm ended with ${code}`)));
  });
}
