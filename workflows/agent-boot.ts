import { condition } from '@temporalio/workflow';
import type { BootAgentInput } from '../activities/boot.ts';
import { arrive, write, type Operation } from './operation.ts';
import { devices, records, undoing } from './proxies.ts';

/** Notes that the machine must be put away when the operation ends badly. */
export function undoByParking({ undo, plan: { nodeUuid } }: Operation): void {
  undo.add('power the machine off and park its ports', () =>
    undoing.parkNode.executeWithOptions({ summary: 'undo: power off, park ports' }, [{ nodeUuid }]),
  );
}

/** Boots the machine from the agent's network and waits until the agent calls; returns which boot it was. */
export async function startAgent(
  operation: Operation,
  { purpose, resetBios }: Pick<BootAgentInput, 'purpose' | 'resetBios'>,
): Promise<string> {
  const { plan, progress, ref } = operation;
  const bootId = `${ref.run}:${(operation.boots += 1)}`;
  undoByParking(operation);
  progress.now(`booting from the ${purpose} network${resetBios ? ', with a BIOS reset' : ''}`);
  await devices.bootAgent.executeWithOptions({ summary: `boot from the ${purpose} network` }, [
    { nodeUuid: plan.nodeUuid, bootId, purpose, resetBios },
  ]);
  if (plan.usesAgent) await awaitAgent(operation, bootId);
  return bootId;
}

/** Waits in the wait state until the agent of this boot calls; the state's deadline ends it otherwise. */
async function awaitAgent(operation: Operation, bootId: string): Promise<void> {
  const { ref, agent, progress } = operation;
  progress.now('waiting for the agent to call back');
  const { state, calledBack } = await write(() => records.beginWait({ ...ref, bootId, verb: 'wait' }));
  arrive(operation, state);
  if (!calledBack) await condition(() => agent.hasCalled(bootId));
  arrive(operation, await write(() => records.endWait({ ...ref, bootId, verb: 'resume' })));
}
