import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { bmcAddress, DISK_GIB, IPMI_PORT, MOST_NODES, PARKED_VLAN, SWITCH_NAME } from './layout.ts';
import { ensureCardLink } from './links.ts';
import { ipIn } from './namespaces.ts';
import { ensurePort } from './ovs.ts';
import type { LabBuilder } from './supervise.ts';
import type { DiskKind, Firmware, LabDisk, LabNic, LabNode, LabState } from './state.ts';

const GIB = 1024 ** 3;

/** The NVRAM of a factory-new machine. */
export const NVRAM_TEMPLATE = '/usr/share/OVMF/OVMF_VARS_4M.fd';

/** What a new machine is like. */
export interface NodeWish {
  readonly firmware: readonly Firmware[];
  readonly nics: number;
  readonly memoryMib: number;
}

type Home = Pick<LabState, 'name' | 'directory' | 'socketDirectory' | 'switch'>;

/** Hexadecimal digits that are the same for the same lab and thing, and differ between labs. */
const digits = (home: Home, thing: string): string =>
  createHash('sha256').update(`${home.directory} ${thing}`).digest('hex');

const DISK_KINDS: readonly DiskKind[] = ['virtio', 'scsi', 'nvme'];

const planDisk = (home: Home, node: string, directory: string, kind: DiskKind): LabDisk => {
  const id = digits(home, `${node} ${kind}`);
  return {
    kind,
    serial: `${kind.slice(0, 4).toUpperCase()}${id.slice(0, 8).toUpperCase()}`,
    // NAA 5 (IEEE registered) as a SCSI disk has it; the other kinds are known by their serial.
    wwn: kind === 'scsi' ? `0x5${id.slice(8, 23)}` : null,
    sizeGib: DISK_GIB,
    path: join(directory, `disk-${kind}.raw`),
  };
};

const planNic = (home: Home, node: string, index: number, link: number): LabNic => {
  const id = digits(home, `${node} nic ${index}`);
  const tap = `${node}-${index}`;
  return {
    mac: `52:54:00:${id.slice(0, 2)}:${id.slice(2, 4)}:${id.slice(4, 6)}`,
    tap,
    link,
    localLinkConnection: { switch_info: SWITCH_NAME, switch_id: home.switch.switchId, port_id: tap },
  };
};

/** More cards would need more ports on the loopback than are set aside. */
export const MOST_NICS = 8;

/** The description of a machine that doesn't exist yet. */
export const planNode = (home: Home, index: number, wish: NodeWish): LabNode => {
  if (index >= MOST_NODES) throw new LabError(`A lab has ${MOST_NODES} machines at most.`);
  if (wish.nics > MOST_NICS) throw new LabError(`A machine has ${MOST_NICS} network cards at most.`);
  const name = `node-${index + 1}`;
  const directory = join(home.directory, 'nodes', name);
  const socket = (kind: string): string => join(home.socketDirectory, `${name}.${kind}`);
  const firmware = wish.firmware[index % wish.firmware.length] ?? 'uefi';
  return {
    name,
    uuid: randomUUID(),
    firmware,
    cpus: 1,
    memoryMib: wish.memoryMib,
    bmc: {
      address: bmcAddress(index),
      port: IPMI_PORT,
      username: 'admin',
      password: randomBytes(9).toString('base64url'),
    },
    nics: Array.from({ length: wish.nics }, (_, nic) => planNic(home, name, nic, index * MOST_NICS + nic)),
    disks: DISK_KINDS.map((kind) => planDisk(home, name, directory, kind)),
    paths: {
      directory,
      console: join(directory, 'console.log'),
      serialSocket: socket('serial'),
      qmpSocket: socket('qmp'),
      qmpControl: socket('control'),
      pidFile: join(directory, 'qemu.pid'),
      nvram: firmware === 'uefi' ? join(directory, 'nvram.fd') : null,
      bmcState: join(directory, 'bmc.json'),
    },
  };
};

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const makeSparse = async (path: string, bytes: number): Promise<void> => {
  const file = await open(path, 'a', 0o600);
  await file.truncate(bytes);
  await file.close();
};

/** Makes the machine's disks and NVRAM where they are missing, never touching those that exist. */
export const ensureNodeFiles = async (node: LabNode): Promise<void> => {
  await mkdir(node.paths.directory, { recursive: true });
  for (const disk of node.disks) if (!(await exists(disk.path))) await makeSparse(disk.path, disk.sizeGib * GIB);
  const { nvram } = node.paths;
  if (nvram !== null && !(await exists(nvram))) await copyFile(NVRAM_TEMPLATE, nvram);
};

/** Gives the machine its switch ports (parked when new) and its BMC the address. */
export const ensureNodeNetwork = async (builder: LabBuilder, node: LabNode): Promise<void> => {
  const lab = builder.state;
  await ipIn(lab, lab.namespace, 'address', 'replace', `${node.bmc.address}/32`, 'dev', 'lo');
  for (const nic of node.nics) {
    await ensureCardLink(builder, nic.tap, nic.link);
    await ensurePort(lab, nic.tap, PARKED_VLAN, 'system');
  }
};
