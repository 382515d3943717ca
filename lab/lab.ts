import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';
import { ensureHosts } from './hosts.ts';
import { ensureArtifacts } from './image/artifacts.ts';
import {
  BRIDGE,
  NAME_PREFIX,
  NETWORK_NAMES,
  NETWORKS,
  OVSDB_PORT,
  PARKED_VLAN,
  RELAYED_API_PORT,
  RELAYED_TEMPORAL_PORT,
  SWITCH_NAME,
} from './layout.ts';
import type { NetworkName } from './layout.ts';
import { withLock } from './lock.ts';
import { findQemu } from './machine/machine.ts';
import { ensureKeeper } from './keeper.ts';
import { usableLinks } from './links.ts';
import { ensureNamespace, inNamespace } from './namespaces.ts';
import { ensureNodeFiles, ensureNodeNetwork, planNode } from './nodes.ts';
import { ensureSwitch } from './ovs.ts';
import { isAlive } from './processes.ts';
import { ensureRelays } from './relays.ts';
import { labDirectory, readLab, STATE_FILE, writeLab } from './state.ts';
import type { Firmware, LabMode, LabNetwork, LabState, LiveSource } from './state.ts';
import { LabBuilder } from './supervise.ts';
import { clearAway } from './clear-away.ts';

export { inNamespace } from './namespaces.ts';
export { openTenantRelay } from './relays.ts';
export { readLab } from './state.ts';

/** What a lab is to be like. */
export interface LabOptions {
  readonly name?: string;
  /** Machines; a lab that has more keeps them. */
  readonly nodes?: number;
  /** Firmware of machine 1, 2, …; repeated when shorter. */
  readonly firmware?: readonly Firmware[];
  readonly nics?: number;
  readonly memoryMib?: number;
  readonly liveFrom?: LiveSource;
  readonly temporalPort?: number;
  readonly apiPort?: number;
  readonly mode?: LabMode;
  /** Where progress is told; default nowhere. */
  readonly log?: (line: string) => void;
}

const LOCK_WAIT_MS = 10 * 60_000;
const MACHINES_START_MS = 60_000;
const NAME = /^[a-z][a-z0-9-]{0,15}$/;

const checkName = (name: string): void => {
  if (!NAME.test(name))
    throw new LabError(`"${name}" can't be a lab's name: lower-case letters, digits and dashes, at most 16.`);
};

const networksOf = (name: string): Record<NetworkName, LabNetwork> => {
  const entries = NETWORK_NAMES.map((network): [NetworkName, LabNetwork] => {
    const { vlan, subnet, address, interface: port, host } = NETWORKS[network];
    const namespace = [NAME_PREFIX, name, host].filter((part) => part !== '').join('-');
    return [
      network,
      {
        vlan,
        cidr: `${subnet}.0/24`,
        address,
        namespace,
        interface: port,
        dhcpRange: [`${subnet}.50`, `${subnet}.200`],
      },
    ];
  });
  return Object.fromEntries(entries) as Record<NetworkName, LabNetwork>;
};

/** A locally administered MAC address. */
const randomMac = (): string => ['02', ...(randomBytes(5).toString('hex').match(/../g) ?? [])].join(':');

const newLab = (name: string, options: LabOptions): LabState => {
  const directory = labDirectory(name);
  // Unix socket paths are short; the project's folder may not be.
  const id = createHash('sha256').update(directory).digest('hex').slice(0, 8);
  const socketDirectory = join(tmpdir(), `${NAME_PREFIX}-${name}-${id}`);
  const { provisioning, cleaning } = NETWORKS;
  return {
    format: 1,
    marker: 'anneal-lab',
    name,
    mode: options.mode ?? 'root',
    links: 'tap',
    directory,
    socketDirectory,
    namespace: `${NAME_PREFIX}-${name}`,
    parkedVlan: PARKED_VLAN,
    networks: networksOf(name),
    switch: {
      name: SWITCH_NAME,
      bridge: BRIDGE,
      switchId: randomMac(),
      ovsdb: `tcp:127.0.0.1:${OVSDB_PORT}`,
      ovsdbSocket: join(socketDirectory, 'ovsdb.sock'),
    },
    endpoints: {
      temporal: `127.0.0.1:${RELAYED_TEMPORAL_PORT}`,
      api: {
        provisioning: `http://${provisioning.address}:${RELAYED_API_PORT}`,
        cleaning: `http://${cleaning.address}:${RELAYED_API_PORT}`,
      },
    },
    hostPorts: { temporal: RELAYED_TEMPORAL_PORT, api: RELAYED_API_PORT },
    liveFrom: 'media',
    agentSquashfs: '',
    nodes: [],
    processes: {},
  };
};

const FIRMWARE: readonly Firmware[] = ['uefi', 'bios'];

/** The lab's state with what the options add: machines, ports, the agent's image. Machines are never dropped. */
const grow = async (state: LabState, options: LabOptions, agentSquashfs: string): Promise<LabState> => {
  const wish = {
    firmware: options.firmware ?? FIRMWARE,
    nics: options.nics ?? 1,
    memoryMib: options.memoryMib ?? 1024,
  };
  const nodes = [...state.nodes];
  while (nodes.length < (options.nodes ?? 2)) nodes.push(planNode(state, nodes.length, wish));
  return {
    ...state,
    agentSquashfs,
    liveFrom: options.liveFrom ?? state.liveFrom,
    hostPorts: {
      temporal: options.temporalPort ?? state.hostPorts.temporal,
      api: options.apiPort ?? state.hostPorts.api,
    },
    nodes,
  };
};

interface Announcement {
  readonly pid: number;
  readonly startTicks: number;
  readonly hosted: readonly string[];
}

const announcement = async (directory: string): Promise<Announcement | undefined> => {
  const text = await readFile(join(directory, 'machines.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Announcement);
};

/** Waits until the process hosts all machines. One that ran before is told to look again, once it listens. */
const waitForMachines = async (builder: LabBuilder, ranBefore: boolean): Promise<void> => {
  const { directory, nodes } = builder.state;
  const log = join(directory, 'log', 'machines.log');
  const record = builder.state.processes['machines'];
  let mustTell = ranBefore;
  for (const deadline = Date.now() + MACHINES_START_MS; Date.now() < deadline; await sleep(100)) {
    if (record === undefined || !(await isAlive(record))) throw new LabError(`machines.ts ended; see ${log}.`);
    const said = await announcement(directory);
    if (said?.pid !== record.pid || said.startTicks !== record.startTicks) continue;
    if (mustTell) process.kill(record.pid, 'SIGHUP');
    mustTell = false;
    if (nodes.every((node) => said.hosted.includes(node.name))) return;
  }
  throw new LabError(`machines.ts didn't bring up all BMCs; see ${log}.`);
};

/** The arguments that run a TypeScript file of the project by Node, from any working directory. */
const nodeArguments = (script: string): string[] => {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  return [
    process.execPath,
    '--import',
    `file://${tsx}`,
    '--conditions=source',
    new URL(script, import.meta.url).pathname,
  ];
};

const ensureMachines = async (builder: LabBuilder): Promise<void> => {
  const lab = builder.state;
  const argv = inNamespace(lab, [...nodeArguments('./machines.ts'), lab.name]);
  const started = await builder.ensureProcess('machines', argv);
  await waitForMachines(builder, !started);
};

const bringUp = async (builder: LabBuilder): Promise<void> => {
  const { log } = builder;
  for (const folder of [join(builder.state.directory, 'log'), builder.state.socketDirectory])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  await ensureKeeper(builder);
  await ensureNamespace(builder.state, builder.state.namespace);
  await builder.update({ links: await usableLinks(builder.state) });
  log('switch');
  await ensureSwitch(builder);
  log('networks and hosts');
  await ensureHosts(builder);
  await ensureRelays(builder);
  for (const node of builder.state.nodes) {
    log(`${node.name}: disks and ports`);
    await ensureNodeFiles(node);
    await ensureNodeNetwork(builder, node);
  }
  log('BMCs');
  await ensureMachines(builder);
};

const requireRoot = (mode: LabMode): void => {
  if (mode === 'rootless' || process.getuid?.() === 0) return;
  throw new LabError('A lab with Open vSwitch and network namespaces needs root. Run it by sudo, or give --rootless.');
};

/**
 * Brings up a lab, or what of it is missing. Machines start switched off with their ports parked.
 * @throws LabError without root, without the programs it needs, or when a name is taken by somebody else.
 */
export const createLab = async (options: LabOptions = {}): Promise<LabState> => {
  const name = options.name ?? 'lab';
  checkName(name);
  const known = await readLab(name);
  const state = known ?? newLab(name, options);
  if (options.mode !== undefined && options.mode !== state.mode) {
    throw new LabError(`The lab "${name}" was made as ${state.mode}; purge it by lab:down, or give another --name.`);
  }
  requireRoot(state.mode);
  const log = options.log ?? ((): void => undefined);
  const { agentSquashfs } = await ensureArtifacts({ log });
  await mkdir(state.directory, { recursive: true, mode: 0o700 });
  return withLock(join(state.directory, 'lock'), LOCK_WAIT_MS, async () => {
    const builder = new LabBuilder(await grow((await readLab(name)) ?? state, options, agentSquashfs), log);
    await writeLab(builder.state);
    await bringUp(builder);
    return builder.state;
  });
};

/** How {@link destroyLab} leaves the files. */
export interface DestroyOptions {
  /** Deletes disks, NVRAM, logs and the state file too. */
  readonly purge?: boolean;
}

/** Ends all processes of a lab and removes its namespaces; a lab that isn't there is no error. */
export const destroyLab = async (name: string, options: DestroyOptions = {}): Promise<void> => {
  checkName(name);
  const lab = await readLab(name);
  if (lab === undefined) return;
  requireRoot(lab.mode);
  await withLock(join(lab.directory, 'lock'), LOCK_WAIT_MS, async () => {
    await clearAway(lab);
    await writeLab({ ...lab, processes: {} });
  });
  if (options.purge === true) await purge(lab.directory);
};

/** The state file goes last: a purge that was ended in the middle is found again. */
const purge = async (directory: string): Promise<void> => {
  const files = (await readdir(directory)).filter((name) => name !== STATE_FILE);
  for (const name of files) await rm(join(directory, name), { recursive: true, force: true });
  await rm(directory, { recursive: true });
};

/** A machine as it is now. */
export interface NodeStatus {
  readonly name: string;
  readonly power: 'on' | 'off';
  readonly pid: number | null;
}

/** The lab as it is now. */
export interface LabStatus {
  readonly nodes: readonly NodeStatus[];
  /** By role, whether the process lives. */
  readonly processes: Readonly<Record<string, boolean>>;
}

/** The power of each machine and which processes of the lab live. */
export const statusOf = async (lab: LabState): Promise<LabStatus> => {
  const nodes: NodeStatus[] = [];
  for (const node of lab.nodes) {
    const qemu = await findQemu(node);
    nodes.push({ name: node.name, power: qemu === undefined ? 'off' : 'on', pid: qemu?.pid ?? null });
  }
  const processes: Record<string, boolean> = {};
  for (const [role, record] of Object.entries(lab.processes)) processes[role] = await isAlive(record);
  return { nodes, processes };
};
