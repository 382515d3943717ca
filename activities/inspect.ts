import { addMissingPort, applyInspection } from '../db/inspection-results.ts';
import { getInventory, saveInventory } from '../db/inventory.ts';
import { BareMetalError } from '../domain/errors.ts';
import { factsOf } from '../domain/inventory.ts';
import { applyInspectionRules } from './inspection-rules.ts';
import { nameOfNode, openDevice } from './device.ts';
import type { Tools } from './tools.ts';

/** Activities of inspection. */
export const createInspectActivities = (tools: Tools) => ({
  /** Has the driver itself take the inventory, and stores it. */
  async inspectByDriver({ nodeUuid }: { nodeUuid: string }): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const found = await device.driver.inspect?.(device);
    if (found === undefined) {
      const message = `Node ${nameOfNode(device.node)}: ${device.driver.name} cannot take an inventory without an agent.`;
      throw new BareMetalError('UnsupportedDriverExtension', message);
    }
    await saveInventory(tools.db, { nodeUuid, inventory: found.inventory, pluginData: found.plugin_data });
  },
});

/** Activities of inspection that write to PostgreSQL. */
export const createInventoryActivities = (tools: Tools) => ({
  /**
   * Takes properties, boot mode and the port it booted from out of the inventory that was just stored, and applies
   * the inspection rules to it. Doing it twice is doing it once.
   */
  async applyInventory({ nodeUuid }: { nodeUuid: string }): Promise<void> {
    const { db } = tools;
    const stored = await getInventory(db, nodeUuid);
    if (stored === undefined) throw new BareMetalError('InternalError', `Node ${nodeUuid} has no inventory to apply.`);
    if (stored.isApplied) return;
    const { properties, bootMode, pxeAddress } = factsOf(stored.inventory);
    await applyInspection(db, { nodeUuid, properties, bootMode });
    if (pxeAddress !== null) await addMissingPort(db, { nodeUuid, address: pxeAddress });
    await applyInspectionRules(tools, nodeUuid);
  },
});
