import { noteDeviceChange } from '../db/device-changes.ts';
import type { DeviceChange } from '../domain/device-changes.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { CallContext } from '../drivers/interfaces.ts';
import { nameOfNode, openDevice } from './device.ts';
import { whileOurs } from './lease.ts';
import { ensureSerialConsole, hasSerialConsole } from './serial-console.ts';
import type { Tools } from './tools.ts';

/** Activities that change one thing of a machine: boot mode, secure boot, lamps, virtual media, console. */
export const createDeviceChangeActivities = (tools: Tools) => ({
  /**
   * Makes the change and notes it.
   * @throws BareMetalError `UnsupportedDriverExtension`, and the driver's codes
   */
  async changeDevice({ nodeUuid, change }: { nodeUuid: string; change: DeviceChange }): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const make = device.driver.changes?.[change.what] as
      | ((context: CallContext, change: DeviceChange) => Promise<void>)
      | undefined;
    if (make === undefined) {
      const { node, driver } = device;
      const message = `Node ${nameOfNode(node)}: driver ${driver.name} does not support ${change.what} (disabled or not implemented).`;
      throw new BareMetalError('UnsupportedDriverExtension', message);
    }
    await make(device, change);
    if (change.what === 'console' && hasSerialConsole(device)) await ensureSerialConsole(tools, device, change.enabled);
    await whileOurs(() => noteDeviceChange(tools.db, nodeUuid, change));
  },
});
