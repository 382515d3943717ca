import type { PowerState } from '../domain/node.ts';
import type { Operation } from './operation.ts';
import { devices } from './proxies.ts';

/** Brings the machine to a power state. */
export async function ensurePower({ plan: { nodeUuid }, progress }: Operation, target: PowerState): Promise<void> {
  progress.now(target);
  await devices.ensurePower.executeWithOptions({ summary: target }, [{ nodeUuid, target }]);
}

/** Proves that the BMC answers to the node's credentials. */
export async function verifyBmc({ plan: { nodeUuid }, progress }: Operation): Promise<void> {
  progress.now('verifying the BMC');
  await devices.verifyBmc.executeWithOptions({ summary: 'verify the BMC' }, [{ nodeUuid }]);
}
