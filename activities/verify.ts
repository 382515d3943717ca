import { BareMetalError } from '../domain/errors.ts';
import { openDevice, portsOf } from './device.ts';
import { readPowerState } from './power-control.ts';
import type { Tools } from './tools.ts';

/** Activities that look at a machine and change nothing. */
export const createVerifyActivities = (tools: Tools) => ({
  /**
   * Proves that the BMC answers to the node's credentials.
   * @throws BareMetalError `MissingParameterValue` when driver_info lacks something, and the BMC's codes
   */
  async verifyBmc({ nodeUuid }: { nodeUuid: string }): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const wrong = await device.driver.validate(device.node, await portsOf(tools, device));
    const reasons = ['power', 'management'].flatMap((kind) => wrong[kind] ?? []);
    if (reasons.length > 0) {
      // Each of them names the node.
      throw new BareMetalError('MissingParameterValue', [...new Set(reasons)].join(' '));
    }
    await readPowerState(tools, device);
  },
});
