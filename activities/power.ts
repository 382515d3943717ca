import { BareMetalError } from '../domain/errors.ts';
import type { BootDevice, PowerState } from '../domain/node.ts';
import { selectBoot, isUefi } from './boot-selection.ts';
import { nameOfNode, openDevice, type Device } from './device.ts';
import { movePorts, type PortPlace } from './network-control.ts';
import { awaitPowerState, bringPowerTo, readPowerState, refuseKeptPower, restartWithPower } from './power-control.ts';
import { setPowerState } from '../db/operations.ts';
import type { Tools } from './tools.ts';

/** Names a node. */
interface NodeRef {
  readonly nodeUuid: string;
}

/** Activities behind single requests: power, boot device, NMI, networks. */
export const createPowerActivities = (tools: Tools) => ({
  /** Brings the machine to `target`; does nothing when it is there already. */
  async ensurePower({ nodeUuid, target }: NodeRef & { readonly target: PowerState }): Promise<void> {
    await bringPowerTo(tools, await openDevice(tools, nodeUuid), target);
  },

  /**
   * Asks the operating system to shut down and waits until the machine is off.
   * @throws BareMetalError `DeadlineExceeded` when it is still on after `timeoutS` seconds
   */
  async softPowerOff({ nodeUuid, timeoutS }: NodeRef & { readonly timeoutS: number }): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    if ((await readPowerState(tools, device)) === 'power off') return;
    refuseKeptPower(device);
    await device.driver.power.requestSoftOff(device);
    await awaitShutdown(device, timeoutS);
    await setPowerState(tools.db, { nodeUuid, powerState: 'power off' });
  },

  /** Starts the machine anew without cutting its power: a call that is made once only. */
  async restartMachine({ nodeUuid }: NodeRef): Promise<void> {
    await restartWithPower(tools, await openDevice(tools, nodeUuid));
  },

  /** Selects what the machine boots from, and reads it back. */
  async setBootDevice(input: NodeRef & { readonly device: BootDevice; readonly persistent: boolean }): Promise<void> {
    const machine = await openDevice(tools, input.nodeUuid);
    const { device, persistent } = input;
    await selectBoot(tools, machine, { device, persistent, uefi: isUefi(machine.node), clearCmos: false });
  },

  /** Sends a non-maskable interrupt: a call that is made once only. */
  async injectNmi({ nodeUuid }: NodeRef): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    await device.driver.management.injectNmi(device);
  },

  /** Puts every port of a tenant's machine onto the network of its VIF, or parks it where it has none. */
  async flipPorts({ nodeUuid }: NodeRef): Promise<PortPlace[]> {
    return await movePorts(tools, await openDevice(tools, nodeUuid), 'tenant');
  },
});

async function awaitShutdown(device: Device, timeoutS: number): Promise<void> {
  try {
    await awaitPowerState(device, 'power off', timeoutS);
  } catch (error) {
    if (!(error instanceof BareMetalError) || error.code !== 'PowerStateNotReached') throw error;
    throw new BareMetalError(
      'DeadlineExceeded',
      `The operating system of node ${nameOfNode(device.node)} did not shut down within ${timeoutS} s of the power button; use "power off" to cut the power.`,
      { cause: error },
    );
  }
}
