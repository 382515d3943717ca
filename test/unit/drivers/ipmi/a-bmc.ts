import type { Node } from '../../../../domain/node.ts';
import { VirtualBmc } from 'ipmi-js/server';
import type { VirtualBmcOptions } from 'ipmi-js/server';
import { NEW_NODE } from '../../../support/new-records.ts';

/** A virtual BMC with a machine that is only a word. */
export interface BmcUnderTest {
  readonly bmc: VirtualBmc;
  /** What the machine is and what was done to it. */
  readonly machine: { power: 'on' | 'off'; readonly orders: string[] };
}

/** The password of the BMCs of these tests. */
export const PASSWORD = 'correct-horse-7';

/** Starts one on a free port of the loopback. */
export async function startBmc(options: Partial<VirtualBmcOptions> = {}): Promise<BmcUnderTest> {
  const machine: BmcUnderTest['machine'] = { power: 'off', orders: [] };
  const order = (name: string, power?: 'on' | 'off') => () => {
    machine.orders.push(name);
    if (power !== undefined) machine.power = power;
  };
  const bmc = new VirtualBmc({
    port: 0,
    users: [
      { name: 'ops', password: PASSWORD },
      { name: 'viewer', password: PASSWORD, privilege: 'user' },
    ],
    chassis: {
      getPower: () => machine.power,
      powerOn: order('on', 'on'),
      powerOff: order('off', 'off'),
      reset: order('reset'),
      nmi: order('nmi'),
      softOff: order('soft', 'off'),
    },
    ...options,
  });
  await bmc.start();
  return { bmc, machine };
}

/** A node that is in no database, whose BMC is `bmc`. */
export function ipmiNode(bmc: { address: { port: number } }, driverInfo: Node['driverInfo'] = {}): Node {
  const info = {
    ipmi_address: '127.0.0.1',
    ipmi_port: bmc.address.port,
    ipmi_username: 'ops',
    ipmi_password: PASSWORD,
  };
  return aNode({ name: 'rack1', driver: 'ipmi', driverInfo: { ...info, ...driverInfo } });
}

/** A node that is in no database. */
export function aNode(wishes: Partial<Node>): Node {
  return {
    ...NEW_NODE,
    uuid: 'a1b2c3d4-0000-4000-8000-000000000001',
    driver: 'ipmi',
    driverInternalInfo: {},
    interfaces: {
      bios: 'no-bios',
      boot: 'ipxe',
      console: 'no-console',
      deploy: 'direct',
      firmware: 'no-firmware',
      inspect: 'agent',
      management: 'ipmi',
      network: 'noop',
      power: 'ipmi',
      raid: 'no-raid',
      rescue: 'no-rescue',
      storage: 'noop',
      vendor: 'no-vendor',
    },
    provisionState: 'enroll',
    targetProvisionState: null,
    provisionUpdatedAt: null,
    powerState: null,
    targetPowerState: null,
    bootMode: null,
    secureBoot: null,
    raidConfig: {},
    targetRaidConfig: {},
    cleanStep: null,
    deployStep: null,
    serviceStep: null,
    fault: null,
    lastError: null,
    consoleEnabled: false,
    health: null,
    inspectionStartedAt: null,
    inspectionFinishedAt: null,
    reservation: null,
    createdAt: new Date(0),
    updatedAt: null,
    ...wishes,
  };
}
