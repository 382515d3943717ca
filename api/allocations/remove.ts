import type pg from 'pg';
import { dropAllocation, nodeOfAllocation, releaseNode } from '../../db/allocations.ts';
import { lockNode } from '../../db/nodes.ts';
import { inTransaction } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import type { ProvisionState } from '../../domain/provision-states.ts';
import { refuseWhileHeld } from '../nodes/change.ts';

/**
 * Ends an allocation and frees its node. The node is locked first: whoever frees it otherwise does so in this order.
 * @throws BareMetalError `InvalidState`, `NodeLocked`
 */
export async function removeAllocation(db: pg.Pool, uuid: string): Promise<void> {
  const nodeUuid = await nodeOfAllocation(db, uuid);
  // One that waits may get a node between the two statements; then it is one with a node.
  if (nodeUuid === undefined || (nodeUuid === null && (await dropAllocation(db, uuid)))) return;
  const held = nodeUuid ?? (await nodeOfAllocation(db, uuid));
  if (held === undefined || held === null) return;
  await inTransaction(db, async (client) => {
    const node = await lockNode(client, held);
    if (node === undefined) return;
    refuseWhileHeld(node);
    refuseInUse(node, uuid);
    await releaseNode(client, { uuid, nodeUuid: held });
  });
}

/** Ironic's UPDATE_ALLOWED_STATES: transitional states that wait for somebody. */
const UPDATABLE: readonly ProvisionState[] = [
  'deploy failed',
  'inspecting',
  'inspect failed',
  'inspect wait',
  'clean failed',
  'error',
  'verifying',
  'adopt failed',
  'rescue failed',
  'unrescue failed',
  'servicing',
  'service hold',
  'service failed',
];

function refuseInUse(node: Node, uuid: string): void {
  if (node.maintenance) return;
  const start = `Cannot remove allocation ${uuid} for node ${node.uuid}, because the node is`;
  if (node.targetProvisionState !== null && !UPDATABLE.includes(node.provisionState)) {
    const message = `${start} in state ${node.provisionState} where updates are not allowed (and maintenance mode is off)`;
    throw new BareMetalError('InvalidState', message);
  }
  if (node.provisionState === 'active') {
    throw new BareMetalError('InvalidState', `${start} active (and maintenance mode is off)`);
  }
}
