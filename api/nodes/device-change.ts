import type { WorkflowHandle } from '@temporalio/client';
import type { DeviceChange } from '../../domain/device-changes.ts';
import type { Node } from '../../domain/node.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { startOperation } from '../operations.ts';
import type { RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupported } from '../unsupported.ts';

/**
 * Refuses, in Ironic's word for it, what the node's driver cannot change.
 * @throws BareMetalError `UnsupportedDriverExtension`
 */
export async function requireChangeable(
  { db }: Tools,
  node: Node,
  { what, extension }: { readonly what: DeviceChange['what']; readonly extension: string },
): Promise<void> {
  const { changes = [] } = await hardwareTypeOfSite(db, node.driver, node.conductorGroup);
  if (!changes.includes(what)) throw unsupported(node.driver, extension);
}

/** Starts the change of a machine; the answer says that the node was claimed for it. */
export function startDeviceChange(
  tools: Tools,
  { node, change }: { readonly node: Node; readonly change: DeviceChange },
  context: RequestContext,
): Promise<WorkflowHandle> {
  return startOperation(tools, { node, verb: 'device', args: { device: change } }, context);
}
