import type { PowerState } from '../domain/node.ts';
import type { Operation } from './operation.ts';
import { devices, once } from './proxies.ts';

/** Brings the machine to a power state. */
export async function ensurePower({ plan: { nodeUuid }, progress }: Operation, target: PowerState): Promise<void> {
  progress.now(target);
  await devices.ensurePower.executeWithOptions({ summary: target }, [{ nodeUuid, target }]);
}

/** Starts the machine anew: off and on, or, where its power must stay, by one restart that isn't asked for twice. */
export async function restart(operation: Operation): Promise<void> {
  const { keepsPower = false, nodeUuid } = operation.plan;
  if (keepsPower) {
    operation.progress.now('restarting');
    await once.restartMachine.executeWithOptions({ summary: 'restart' }, [{ nodeUuid }]);
    return;
  }
  await ensurePower(operation, 'power off');
  await ensurePower(operation, 'power on');
}

/** Proves that the BMC answers to the node's credentials. */
export async function verifyBmc({ plan: { nodeUuid }, progress }: Operation): Promise<void> {
  progress.now('verifying the BMC');
  await devices.verifyBmc.executeWithOptions({ summary: 'verify the BMC' }, [{ nodeUuid }]);
}
