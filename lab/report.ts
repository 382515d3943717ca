import type { LabStatus } from './lab.ts';
import type { LabState } from './state.ts';

type Lab = Pick<LabState, 'name' | 'directory' | 'nodes'>;

const machines = (count: number): string => `${count} machine${count === 1 ? '' : 's'}`;

const command = (what: 'up' | 'down', { name }: Lab): string => `npm run lab:${what} -- --name ${name}`;

/** Nothing of the lab lives. */
const isDown = ({ nodes, processes }: LabStatus): boolean =>
  nodes.every(({ power }) => power === 'off') && !Object.values(processes).includes(true);

/** What `lab:down` did. @param before what lived before it */
export const reportDown = (lab: Lab, before: LabStatus, purged: boolean): string => {
  const on = before.nodes.filter(({ power }) => power === 'on').length;
  const alive = Object.values(before.processes).filter(Boolean).length;
  const stopped = isDown(before)
    ? `Lab "${lab.name}" was down already`
    : `Lab "${lab.name}" is down: ${machines(on)} switched off, ${alive} processes stopped, networks removed`;
  const files = `disks, NVRAM and logs of ${machines(lab.nodes.length)}`;
  return purged
    ? `${stopped}. Purged: ${files}.`
    : `${stopped}. Kept in ${lab.directory}: ${files}; ${command('up', lab)} goes on with them, ${command('down', lab)} --purge deletes them.`;
};

/** What `lab:status` prints, a line each. */
export const reportStatus = (lab: Lab, status: LabStatus): readonly string[] => {
  const roles = Object.entries(status.processes).map(([role, alive]) => `${alive ? 'runs ' : 'DEAD '} ${role}`);
  if (isDown(status))
    return [
      `Lab "${lab.name}" is down; ${command('up', lab)} brings it up.`,
      ...lab.nodes.map(({ name, firmware, paths }) => `${name}  ${firmware}  console so far ${paths.console}`),
      ...roles,
    ];
  const power = new Map(status.nodes.map((node) => [node.name, node.power]));
  const lines = lab.nodes.map(
    ({ name, firmware, bmc, paths }) =>
      `${name}  ${firmware}  ${power.get(name)}  BMC ${bmc.address}  console ${paths.console}`,
  );
  return [...lines, ...roles];
};

/** A word on machines that the lab has beyond what was asked for; undefined when there are none. */
export const keptMachines = (lab: Lab, asked: number | undefined): string | undefined =>
  asked === undefined || lab.nodes.length <= asked
    ? undefined
    : `Lab "${lab.name}" has ${machines(lab.nodes.length)} from before and keeps them, not ${asked}: only a purge drops machines.`;
