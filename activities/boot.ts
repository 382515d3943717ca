import { closeAgentSession, getAgentSession, markPoweredOn, openAgentSession } from '../db/agent-sessions.ts';
import type { AgentPurpose } from '../domain/node.ts';
import { recordErasure } from '../db/erasures.ts';
import { biosRecord } from './bios-record.ts';
import { isUefi, selectBoot } from './boot-selection.ts';
import { BareMetalError } from '../domain/errors.ts';
import { takeAgentOver } from './fast-track.ts';
import { nameOfNode, openDevice, type Device } from './device.ts';
import { whileOurs } from './lease.ts';
import { biosResetNotSeen } from './proof.ts';
import { movePorts } from './network-control.ts';
import { bringPowerTo, readPowerState, restartWithPower } from './power-control.ts';
import { retold } from './retold.ts';
import type { Tools } from './tools.ts';

/** What `bootAgent` is asked for. */
export interface BootAgentInput {
  readonly nodeUuid: string;
  /** `<run id>:<n>`: the same id is the same boot, however often it is asked for. */
  readonly bootId: string;
  readonly purpose: AgentPurpose;
  /** Whether the firmware shall go back to factory settings at this start. */
  readonly resetBios: boolean;
}

/** Names a node. */
export interface NodeRef {
  readonly nodeUuid: string;
}

/** Activities that start a machine from somewhere, or put it away. */
export const createBootActivities = (tools: Tools) => ({
  /**
   * Starts the machine from the agent's network: off, ports, boot flags, on. Once an agent session of this
   * boot is open the machine has been off, so a running machine is the one that was started here. A machine whose
   * power must stay is restarted instead, once more if it isn't known whether it was.
   */
  async bootAgent(input: BootAgentInput): Promise<void> {
    const { nodeUuid, bootId, purpose, resetBios } = input;
    const device = await openDevice(tools, nodeUuid);
    const session = await getAgentSession(tools.db, nodeUuid);
    if (session?.bootId === bootId && session.poweredOnAt !== null) {
      // The attempt that made the boot may have died before the proof.
      if (resetBios) await proveBiosReset(tools, device, bootId);
      return;
    }
    const isNew = session?.bootId !== bootId;
    if (isNew && (await takeAgentOver(tools, device, input))) return;
    const keepsPower = device.node.disablePowerOff;
    if (isNew) {
      if (keepsPower) refuseMovesUnderPower(tools, device);
      else await bringPowerTo(tools, device, 'power off');
      await whileOurs(() => openAgentSession(tools.db, { nodeUuid, bootId, network: purpose }));
    }
    if (keepsPower || isNew || (await readPowerState(tools, device)) === 'power off') {
      await movePorts(tools, device, purpose);
      await selectAgentBoot(tools, device, resetBios);
      await start(tools, device);
    }
    await markPoweredOn(tools.db, { nodeUuid, bootId });
    if (resetBios) await proveBiosReset(tools, device, bootId);
  },

  /**
   * Starts the tenant's system from disk on the tenant's networks. The agent's session ends as soon as the
   * machine is off, so a machine that runs without one is the tenant's and stays on.
   */
  async bootTenant({ nodeUuid }: NodeRef): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const runsAgent = (await getAgentSession(tools.db, nodeUuid)) !== undefined;
    const keepsPower = device.node.disablePowerOff;
    if (runsAgent && !keepsPower) {
      await bringPowerTo(tools, device, 'power off');
      await whileOurs(() => closeAgentSession(tools.db, nodeUuid));
    }
    await movePorts(tools, device, 'tenant');
    if ((await readPowerState(tools, device)) === 'power on' && !(runsAgent && keepsPower)) return;
    await selectBoot(tools, device, { device: 'disk', persistent: true, uefi: isUefi(device.node), clearCmos: false });
    await start(tools, device);
    if (runsAgent && keepsPower) await whileOurs(() => closeAgentSession(tools.db, nodeUuid));
  },

  /** Puts the machine away: off, every port parked, its agent no longer believed. Where the power must stay, what ran is ended by a restart. */
  async parkNode({ nodeUuid }: NodeRef): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const keepsPower = device.node.disablePowerOff;
    if (!keepsPower) await bringPowerTo(tools, device, 'power off');
    await parkPorts(tools, device);
    if (keepsPower) await restartWithPower(tools, device);
    await whileOurs(() => closeAgentSession(tools.db, nodeUuid));
  },
});

/** Whoever reads that the ports could not be parked must know whether something runs behind them. */
async function parkPorts(tools: Tools, device: Device): Promise<void> {
  const power = device.node.disablePowerOff ? 'has kept its power' : 'is off';
  const words = (message: string) => `The machine ${power}, but its ports are not parked: ${message}`;
  await retold(movePorts(tools, device, 'parked'), words);
}

/** Starts a machine that was prepared for it: powers it on, or restarts it where its power stays. */
async function start(tools: Tools, device: Device): Promise<void> {
  if (device.node.disablePowerOff) await restartWithPower(tools, device);
  else await bringPowerTo(tools, device, 'power on');
}

/**
 * Ports change networks only while nothing runs on the machine (Ironic's neutron interface refuses such nodes too).
 * @throws BareMetalError `InvalidState`
 */
function refuseMovesUnderPower({ drivers }: Tools, { node }: Device): void {
  if (!drivers.network(node).setsVlans) return;
  throw new BareMetalError(
    'InvalidState',
    `Node ${nameOfNode(node)} has disable_power_off set: what runs on it would find itself on the agent's network. ` +
      'Let it be powered off, or use the network interface noop.',
  );
}

/** A machine without an agent has booted when it is on: its firmware has acted on the flag, or never will. */
async function proveBiosReset(tools: Tools, device: Device, bootId: string): Promise<void> {
  if (device.driver.usesAgent) return;
  const { clearCmos } = await device.driver.management.getBootSelection(device);
  await recordErasure(tools.db, biosRecord({ nodeUuid: device.node.uuid, bootId, consumed: !clearCmos }));
  if (clearCmos) throw biosResetNotSeen(nameOfNode(device.node));
}

/** Read back here too: an operator may have switched the driver's own read-back off. */
async function requireClearCmos(device: Device): Promise<void> {
  const { clearCmos } = await device.driver.management.getBootSelection(device);
  if (clearCmos) return;
  const message = `Node ${nameOfNode(device.node)}: the BMC took the clear CMOS flag and reads back without it.`;
  throw new BareMetalError('BootDeviceNotKept', message);
}

/** Network once; with a BIOS reset a BMC that does not keep the flag cannot prove it. */
async function selectAgentBoot(tools: Tools, device: Device, clearCmos: boolean): Promise<void> {
  try {
    await selectBoot(tools, device, { device: 'pxe', persistent: false, uefi: isUefi(device.node), clearCmos });
    if (clearCmos) await requireClearCmos(device);
  } catch (error) {
    if (!clearCmos || !(error instanceof BareMetalError) || error.code !== 'BootDeviceNotKept') throw error;
    const message = `${error.message} The BIOS reset of the cleaning needs the clear CMOS flag; if this BMC cannot do it, set driver_info/bios_reset to false.`;
    throw new BareMetalError('BiosResetNotVerified', message, { cause: error });
  }
}
