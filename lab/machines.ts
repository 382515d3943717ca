import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { hostMachine } from './machine/bmc.ts';
import type { HostedMachine } from './machine/bmc.ts';
import { startTicksOf } from './processes.ts';
import { readLab } from './state.ts';
import type { LabState } from './state.ts';

/**
 * The process that hosts the BMCs of a lab: `machines.ts <lab name>`, inside the lab's namespace.
 * SIGHUP takes up what changed in the state file; its end leaves the machines running.
 */
const [name = ''] = process.argv.slice(2);
const hosted = new Map<string, HostedMachine>();
const log = (line: string): void => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);

const announce = async (directory: string): Promise<void> => {
  const file = join(directory, 'machines.json');
  const startTicks = await startTicksOf(process.pid);
  writeFileSync(`${file}.new`, JSON.stringify({ pid: process.pid, startTicks, hosted: [...hosted.keys()] }));
  renameSync(`${file}.new`, file);
};

const read = async (): Promise<LabState> => {
  const state = await readLab(name);
  if (state === undefined) throw new LabError(`There is no lab "${name}".`);
  return state;
};

let lab = await read();

const takeUp = async (): Promise<void> => {
  lab = await read();
  for (const node of lab.nodes) {
    if (!hosted.has(node.name)) hosted.set(node.name, await hostMachine(() => lab, node, log));
  }
  await announce(lab.directory);
};

let work = takeUp();
process.on('SIGHUP', () => {
  work = work.then(takeUp).catch((error: unknown) => log(`taking up machines failed: ${String(error)}`));
});
const end = async (): Promise<void> => {
  await work.catch(() => undefined);
  await Promise.all([...hosted.values()].map(async (machine) => machine.stop()));
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
await work;
log(`${hosted.size} BMCs are up`);
