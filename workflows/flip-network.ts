import type { ProvisionState } from '../domain/provision-states.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type OperationResult } from './operation.ts';
import { devices } from './proxies.ts';

const TENANTS: readonly ProvisionState[] = ['active', 'rescue'];

/** Puts the ports of a running tenant's machine where its VIFs are now; other nodes' ports wait for their deployment. */
export function flipNetwork(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    const { nodeUuid, provisionState } = node.plan;
    if (TENANTS.includes(provisionState)) {
      node.progress.now('moving the ports onto their VIFs’ networks');
      await devices.flipPorts.executeWithOptions({ summary: 'ports onto their VIFs’ networks' }, [{ nodeUuid }]);
    }
    await finish(node, null, 'The ports are on the networks of their VIFs.');
  });
}
