import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { NETWORK_NAMES } from './layout.ts';
import { processesIn, removeNamespace } from './namespaces.ts';
import { findProcesses, isAlive, recordOf, stopProcess } from './processes.ts';
import type { LabState } from './state.ts';

/** Programs that a lab starts; no other is ever ended for naming the lab's folder. */
const PROGRAMS = new Set(['qemu-system-x86_64', 'socat', 'ovsdb-server', 'ovs-vswitchd', 'dnsmasq']);

/** True for a program of the lab that was started a moment before a crash, and so isn't in the state file. */
const isStray =
  (lab: LabState) =>
  (argv: readonly string[]): boolean =>
    PROGRAMS.has(basename(argv[0] ?? '')) &&
    argv.some((word) => word.includes(`${lab.directory}/`) || word.includes(`${lab.socketDirectory}/`));

const stopNoted = async (lab: LabState): Promise<void> => {
  const { keeper: _keeper, machines, ...others } = lab.processes;
  // First whoever could start machines again.
  if (machines !== undefined) await stopProcess(machines);
  await Promise.all(Object.values(others).map(async (record) => stopProcess(record)));
};

const namespacesOf = (lab: LabState): string[] => [
  ...new Set([lab.namespace, ...NETWORK_NAMES.map((name) => lab.networks[name].namespace)]),
];

const stopInside = async (lab: LabState, namespace: string): Promise<void> => {
  for (const pid of await processesIn(lab, namespace)) {
    const record = await recordOf(pid);
    if (record !== undefined) await stopProcess(record, 1_000);
  }
};

/** Ends everything that runs for this lab and removes its namespaces. Works from any half-made state, and twice. */
export const clearAway = async (lab: LabState): Promise<void> => {
  await stopNoted(lab);
  for (const record of await findProcesses(isStray(lab))) await stopProcess(record);
  const { keeper } = lab.processes;
  if (lab.mode === 'root' || (await isAlive(keeper))) {
    for (const namespace of namespacesOf(lab)) {
      await stopInside(lab, namespace);
      await removeNamespace(lab, namespace);
    }
  }
  if (keeper !== undefined) await stopProcess(keeper);
  await rm(lab.socketDirectory, { recursive: true, force: true });
};
