import { undoByParking } from './agent-boot.ts';
import { ensurePower, restart } from './device-calls.ts';
import type { Operation } from './operation.ts';
import { devices } from './proxies.ts';

/** Starts the tenant's system from disk on its networks; a machine that runs it already stays on. */
export async function startTenant(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  node.progress.now('starting the tenant’s system on its networks');
  await devices.bootTenant.executeWithOptions({ summary: 'tenant networks, boot from disk' }, [{ nodeUuid }]);
}

/** Starts the tenant's system on a machine that runs another one, which no agent session tells of. */
export async function restartTenant(node: Operation): Promise<void> {
  undoByParking(node);
  if (node.plan.keepsPower) return await restartInPlace(node);
  await ensurePower(node, 'power off');
  await startTenant(node);
}

async function restartInPlace(node: Operation): Promise<void> {
  await startTenant(node);
  await restart(node);
}
