import { VirtualBmc } from 'ipmi-js/server';
import type { LabNode } from '../state.ts';
import { readMemory, remember } from './bmc-memory.ts';
import { ConsoleStream } from './console-stream.ts';
import { Machine } from './machine.ts';
import type { HostingLab } from './machine.ts';

/** A machine with its BMC on the network. */
export interface HostedMachine {
  readonly node: LabNode;
  /** Takes the BMC off the network; the machine itself goes on. */
  stop(): Promise<void>;
}

/** IPMI's system GUID is the machine's UUID as SMBIOS carries it (IPMI v2.0 §22.14). */
const guidOf = (uuid: string): Uint8Array => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** Brings up the BMC of one machine and takes over its QEMU when one runs. */
export const hostMachine = async (
  lab: () => HostingLab,
  node: LabNode,
  log: (line: string) => void,
): Promise<HostedMachine> => {
  const { username, password, address, port } = node.bmc;
  const bmc: VirtualBmc = new VirtualBmc({
    host: address,
    port,
    users: [{ name: username, password }],
    guid: guidOf(node.uuid),
    lan: { ip: address, netmask: '255.255.255.255', source: 'static' },
    chassis: {
      getPower: async () => ((await machine.isOn()) ? 'on' : 'off'),
      powerOn: async () => machine.powerOn(),
      powerOff: async () => machine.powerOff(),
      cycle: async () => machine.cycle(),
      reset: async () => machine.reset(),
      nmi: async () => machine.nmi(),
      softOff: async () => machine.softOff(),
    },
    console: () => new ConsoleStream(node.paths.serialSocket),
  });
  const machine = new Machine({ lab, node, bootFlags: bmc.bootFlags, log });
  bmc.bootFlags.set(readMemory(node.paths.bmcState).bootFlags);
  bmc.bootFlags.on('change', (bootFlags) => remember(node.paths.bmcState, { bootFlags }));
  await machine.adopt();
  await bmc.start();
  return {
    node,
    stop: async () => {
      await bmc.stop();
      machine.release();
    },
  };
};
