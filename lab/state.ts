import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabError } from './errors.ts';
import type { NetworkName } from './layout.ts';
import type { ProcessRecord } from './processes.ts';

/** Firmware of a machine. */
export type Firmware = 'uefi' | 'bios';
/** Bus of a disk. */
export type DiskKind = 'virtio' | 'scsi' | 'nvme';
/** Where the agent's root filesystem comes from. */
export type LiveSource = 'media' | 'http';
/** With Open vSwitch as root, or in a user namespace of its own. */
export type LabMode = 'root' | 'rootless';
/** How machines and hosts are plugged into the switch. */
export type LinkKind = 'tap' | 'veth';

/** A disk of a machine. */
export interface LabDisk {
  readonly kind: DiskKind;
  readonly serial: string;
  readonly wwn: string | null;
  readonly sizeGib: number;
  readonly path: string;
}

/** A network card and the switch port that it is plugged into. */
export interface LabNic {
  readonly mac: string;
  /** Name of the switch port and of the interface behind it. */
  readonly tap: string;
  /** Number of the card in the lab. */
  readonly link: number;
  readonly localLinkConnection: { readonly switch_info: string; readonly switch_id: string; readonly port_id: string };
}

/** A machine as its owner knows it; power and boot flags live in its BMC. */
export interface LabNode {
  readonly name: string;
  readonly uuid: string;
  readonly firmware: Firmware;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly bmc: {
    readonly address: string;
    readonly port: number;
    readonly username: string;
    readonly password: string;
  };
  readonly nics: readonly LabNic[];
  readonly disks: readonly LabDisk[];
  readonly paths: {
    readonly directory: string;
    /** All that the machine ever said on its serial port. */
    readonly console: string;
    readonly serialSocket: string;
    /** QEMU's monitor for whoever wants it; machines.ts has one of its own. */
    readonly qmpSocket: string;
    readonly qmpControl: string;
    readonly pidFile: string;
    /** UEFI variables = the BIOS settings; null for SeaBIOS, which has none. */
    readonly nvram: string | null;
    /** Boot flags and power history of the BMC, kept over restarts of machines.ts. */
    readonly bmcState: string;
  };
}

/** A network of the lab with the place of its host. */
export interface LabNetwork {
  readonly vlan: number;
  readonly cidr: string;
  readonly address: string;
  readonly namespace: string;
  readonly interface: string;
  readonly dhcpRange: readonly [string, string];
}

/** The state file of a lab. */
export interface LabState {
  readonly format: 1;
  readonly marker: 'anneal-lab';
  readonly name: string;
  readonly mode: LabMode;
  readonly links: LinkKind;
  readonly directory: string;
  /** Short folder of the unix sockets, whose paths may have 107 characters at most. */
  readonly socketDirectory: string;
  readonly namespace: string;
  readonly parkedVlan: number;
  readonly networks: Readonly<Record<NetworkName, LabNetwork>>;
  readonly switch: {
    readonly name: string;
    readonly bridge: string;
    readonly switchId: string;
    readonly ovsdb: string;
    readonly ovsdbSocket: string;
  };
  readonly endpoints: {
    readonly temporal: string;
    readonly api: { readonly provisioning: string; readonly cleaning: string };
  };
  readonly hostPorts: { readonly temporal: number; readonly api: number };
  readonly liveFrom: LiveSource;
  readonly agentSquashfs: string;
  readonly nodes: readonly LabNode[];
  readonly processes: Readonly<Record<string, ProcessRecord>>;
}

/** Name of the state file in the lab's folder. */
export const STATE_FILE = 'lab.json';

const projectRoot = new URL('..', import.meta.url).pathname;

/** Folder of one lab; `ANNEAL_LAB_DIRECTORY` moves all labs elsewhere. */
export const labDirectory = (name: string, env: NodeJS.ProcessEnv = process.env): string =>
  join(resolve(env['ANNEAL_LAB_DIRECTORY'] ?? join(projectRoot, '.anneal', 'lab')), name);

/**
 * The state of a lab, or undefined when there is none.
 * @throws LabError when the file isn't a lab's.
 */
export const readLab = async (name: string): Promise<LabState | undefined> => {
  const file = join(labDirectory(name), STATE_FILE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new LabError(`${file} can't be read.`, { cause: error });
  });
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as LabState;
  if (state.marker !== 'anneal-lab' || state.name !== name) {
    throw new LabError(`${file} isn't the state of the lab "${name}"; it is left alone.`);
  }
  return state;
};

/** Writes the state so that a reader sees the old or the new one, never a part. */
export const writeLab = async (state: LabState): Promise<void> => {
  await mkdir(state.directory, { recursive: true });
  const file = join(state.directory, STATE_FILE);
  await writeFile(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
};
