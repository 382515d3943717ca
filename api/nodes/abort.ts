import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { isHeld, isTransient, isWaiting } from '../../domain/provision-states.ts';
import { requireVersion } from '../microversion.ts';
import { cancelOperation, startOperation } from '../operations.ts';
import type { RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';

const INSPECT_ABORT_SINCE = 41;
const DEPLOY_ABORT_SINCE = 110;

function refuseMaintenance({ uuid, maintenance }: Node): void {
  if (!maintenance) return;
  throw new BareMetalError(
    'InvalidState',
    `Can not abort service on node "${uuid}" while it is in maintenance mode. Please remove the node from maintenance prior to issuing the request to abort the service operation.`,
  );
}

/**
 * Aborts what runs on the node, takes a node over whose operation is gone, or gives a failed service up.
 * @throws BareMetalError `InvalidState` when there is nothing to abort, `NotAcceptable`
 */
export async function abortOperation(tools: Tools, node: Node, context: RequestContext): Promise<void> {
  const { version } = context;
  if (node.provisionState === 'inspect wait') requireVersion(version, INSPECT_ABORT_SINCE);
  if (node.provisionState === 'wait call-back') requireVersion(version, DEPLOY_ABORT_SINCE);
  const recover = () => startOperation(tools, { node, verb: 'abort', args: {} }, context);
  if (node.provisionState === 'service failed') {
    refuseMaintenance(node);
    await recover();
    return;
  }
  if (await cancelOperation(tools, node)) return;
  // Its workflow is gone without having ended the operation: the node is taken over and put away.
  if (isHeld(node.provisionState) || (isTransient(node.provisionState) && node.reservation !== null)) {
    await recover();
    return;
  }
  throw new BareMetalError(
    'InvalidState',
    `Node ${node.uuid} is in state "${node.provisionState}", but no operation runs on it that could be aborted` +
      `${isWaiting(node.provisionState) ? '; it has just ended' : ''}. Read its state again.`,
  );
}
