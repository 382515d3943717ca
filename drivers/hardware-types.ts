import { IpmiClient } from 'ipmi-js';
import type { Logger } from 'pino';
import type { Queryable } from '../db/pool.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { Node, Port } from '../domain/node.ts';
import { withEnabledInterfaces, type EnabledInterfaces } from './enabled-interfaces.ts';
import { createFakeHardware } from './fake/hardware-type.ts';
import { createFakeNetwork } from './fake/network.ts';
import type { HardwareType, NetworkInterface } from './interfaces.ts';
import { createIpmiHardware } from './ipmi/hardware-type.ts';
import { noopNetwork } from './network/noop.ts';
import { createSwitchNetwork } from './network/switch.ts';
import { nameOf } from './node-name.ts';
import { sweepPower } from './power-sweep.ts';
import type { PowerReading, PowerSweep } from './power-sweep.ts';
import { readableError } from './readable-error.ts';
import { createSwitches } from './switch/switches.ts';

/** What the drivers of one worker need. */
export interface DriverTools {
  readonly db: Queryable;
  readonly log: Logger;
  readonly settings?: DriverSettings;
}

/** What an operator may set for the drivers of a worker. */
export interface DriverSettings {
  /** Hardware types that this worker offers; default all. */
  readonly hardwareTypes?: readonly string[];
  /** Interfaces that nodes may have; default all that a hardware type knows. */
  readonly enabledInterfaces?: EnabledInterfaces;
}

/** The drivers of one worker, with their kept connections. */
export interface Drivers {
  /** @throws BareMetalError `DriverNotFound` */
  hardwareType(name: string): HardwareType;
  hardwareTypes(): HardwareType[];
  /** The network interface that the node names. @throws BareMetalError `InvalidParameterValue` */
  network(node: Node): NetworkInterface;
  /** Reads the power of many machines over kept sessions; see `sweepPower`. */
  sweepPower(sweep: PowerSweep): Promise<PowerReading[]>;
  /** Ends all kept sessions and connections. */
  close(): Promise<void>;
}

/** Makes the drivers of a worker; nothing is connected before the first call. */
export function createDrivers(tools: DriverTools): Drivers {
  const switches = createSwitches(tools.db);
  const ipmi = new IpmiClient({ log: (event) => tools.log.debug(event, 'ipmi') });
  const types = offered(tools, ipmi);
  const networks: Readonly<Record<string, NetworkInterface>> = {
    noop: noopNetwork,
    fake: createFakeNetwork(tools),
    switch: createSwitchNetwork(tools.db, switches),
  };
  const network = (node: Node): NetworkInterface => {
    const name = node.interfaces.network;
    const found = Object.hasOwn(networks, name) ? networks[name] : undefined;
    if (found !== undefined && find(types, node.driver).interfaces['network']?.includes(name)) return found;
    throw new BareMetalError(
      'InvalidParameterValue',
      `Node ${nameOf(node)} has the network interface "${name}", which ${node.driver} does not offer.`,
    );
  };
  const checked = types.map((type) => withNetworkCheck(type, network));
  return {
    hardwareType: (name) => find(checked, name),
    hardwareTypes: () => checked,
    network,
    sweepPower: (sweep) => sweepPower((name) => find(types, name), sweep),
    async close() {
      await Promise.all([switches.close(), ipmi.close()]);
    },
  };
}

function offered(tools: DriverTools, ipmi: IpmiClient): HardwareType[] {
  // A further type, such as `redfish`, is one more line here and a folder beside drivers/ipmi.
  const all = [createIpmiHardware(ipmi), createFakeHardware(tools)];
  const { hardwareTypes: wanted, enabledInterfaces = {} } = tools.settings ?? {};
  const types = wanted === undefined ? all : wanted.map((name) => find(all, name));
  return types.map((type) => withEnabledInterfaces(type, enabledInterfaces));
}

/** Adds what is wrong with the node's ports to what the hardware type itself finds. */
function withNetworkCheck(type: HardwareType, network: (node: Node) => NetworkInterface): HardwareType {
  return {
    ...type,
    async validate(node, ports) {
      const problems = await type.validate(node, ports);
      const problem = await networkProblem(network, node, ports);
      return problem === undefined ? problems : { ...problems, network: problem };
    },
  };
}

async function networkProblem(
  network: (node: Node) => NetworkInterface,
  node: Node,
  ports: readonly Port[],
): Promise<string | undefined> {
  try {
    const implementation = network(node);
    for (const port of ports) await implementation.validatePort(port);
    return undefined;
  } catch (error) {
    return readableError(error);
  }
}

function find(types: readonly HardwareType[], name: string): HardwareType {
  const found = types.find((type) => type.name === name);
  if (found !== undefined) return found;
  const names = types.map((type) => type.name).join(', ');
  throw new BareMetalError('DriverNotFound', `No hardware type "${name}" here; this worker offers ${names}.`);
}
