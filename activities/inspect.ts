import { addMissingPort, applyInspection, lockFeatures } from '../db/inspection-results.ts';
import { lockInventory, saveInventory } from '../db/inventory.ts';
import { inTransaction, type Queryable } from '../db/pool.ts';
import { replaceTraits } from '../db/traits.ts';
import { BareMetalError } from '../domain/errors.ts';
import { withFeatures } from '../domain/hardware/features.ts';
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
   * Takes properties, capabilities, traits, boot mode and the port it booted from out of the inventory that was just
   * stored, and applies the inspection rules to it. Doing it twice is doing it once.
   */
  async applyInventory({ nodeUuid }: { nodeUuid: string }): Promise<void> {
    await inTransaction(tools.db, (client) => applyFacts(client, nodeUuid));
    await applyInspectionRules(tools, nodeUuid);
  },
});

async function applyFacts(client: Queryable, nodeUuid: string): Promise<void> {
  const has = await lockFeatures(client, nodeUuid);
  const report = await lockInventory(client, nodeUuid);
  if (has === undefined || report === undefined) {
    throw new BareMetalError('InternalError', `Node ${nodeUuid} has no inventory to apply.`);
  }
  if (report.isApplied) return;
  const { properties, bootMode, pxeAddress } = factsOf(report.inventory);
  const before = has.properties['capabilities'];
  const { traits, capabilities } = withFeatures({ traits: has.traits, capabilities: before }, report);
  // A node without any keeps none, not an empty text.
  const found = capabilities === '' && before === undefined ? properties : { ...properties, capabilities };
  await applyInspection(client, { nodeUuid, properties: found, bootMode });
  await replaceTraits(client, { nodeUuid, traits });
  if (pxeAddress !== null) await addMissingPort(client, { nodeUuid, address: pxeAddress });
}
