import { endVendorCall, getVendorCall, type VendorCallKey } from '../db/vendor-calls.ts';
import { BareMetalError } from '../domain/errors.ts';
import { nameOfNode, openDevice } from './device.ts';
import { whileOurs } from './lease.ts';
import { keepSecrets } from './secrets.ts';
import type { Tools } from './tools.ts';

/** Activities that call what only one vendor's machines have. */
export const createVendorActivities = (tools: Tools) => ({
  /**
   * Calls the vendor method that a request left in PostgreSQL, and leaves its answer there. A call that has ended is
   * not made again.
   * @throws BareMetalError `UnsupportedDriverExtension`, and the driver's codes
   */
  async callVendorMethod({ nodeUuid, requestId }: VendorCallKey): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const { vendor } = device.driver;
    if (vendor === undefined) {
      const message = `Node ${nameOfNode(device.node)}: driver ${device.driver.name} has no vendor methods.`;
      throw new BareMetalError('UnsupportedDriverExtension', message);
    }
    const call = await getVendorCall(tools.db, { nodeUuid, requestId });
    // Calls are forgotten after an hour: whoever waited for this one is gone.
    if (call === undefined || call.arguments === null) return;
    keepSecrets(...Object.values(call.arguments));
    const end = (answer: unknown) => whileOurs(() => endVendorCall(tools.db, { nodeUuid, requestId, answer }));
    try {
      await end(await vendor.call(device, call.method, call.arguments));
    } catch (error) {
      await end(null);
      throw error;
    }
  },
});
