import { condition } from '@temporalio/workflow';
import type { WaitInput } from '../activities/records.ts';
import { arrive, write, type AgentStart, type Operation } from './operation.ts';
import { devices, records, undoing } from './proxies.ts';

/** Notes that the machine must be put away when the operation ends badly. */
export function undoByParking({ undo, plan: { nodeUuid } }: Operation): void {
  undo.add('put the machine away', () =>
    undoing.parkNode.executeWithOptions({ summary: 'undo: power off, park ports' }, [{ nodeUuid }]),
  );
}

/** Boots the machine from the agent's network and waits until the agent calls. */
export async function startAgent(operation: Operation, start: AgentStart): Promise<void> {
  const { plan, progress, ref } = operation;
  const { purpose, resetBios } = start;
  const count = (operation.boot?.count ?? 0) + 1;
  const bootId = `${ref.run}:${count}`;
  operation.boot = { count, bootId, start };
  undoByParking(operation);
  progress.now(`booting from the ${purpose} network${resetBios ? ', with a BIOS reset' : ''}`);
  await devices.bootAgent.executeWithOptions({ summary: `boot from the ${purpose} network` }, [
    { nodeUuid: plan.nodeUuid, bootId, purpose, resetBios },
  ]);
  if (plan.usesAgent) await awaitAgent(operation, bootId, start.awaited);
}

/** Boots the agent once more, as a step asked for it. */
export async function restartAgent(operation: Operation): Promise<void> {
  if (operation.boot !== undefined) await startAgent(operation, { ...operation.boot.start, resetBios: false });
}

const HEARD = { heartbeat: 'hasCalled', inventory: 'hasReported' } as const;

/** Waits in the wait state until the agent of this boot calls; the state's deadline ends it otherwise. */
async function awaitAgent(operation: Operation, bootId: string, awaited: WaitInput['awaited']): Promise<void> {
  const { ref, agent, progress } = operation;
  progress.now(`waiting for the agent’s ${awaited}`);
  const { state, calledBack } = await write(() => records.beginWait({ ...ref, bootId, awaited, verb: 'wait' }));
  arrive(operation, state);
  if (!calledBack) await condition(() => agent[HEARD[awaited]](bootId));
  arrive(operation, await write(() => records.endWait({ ...ref, bootId, awaited, verb: 'resume' })));
}

/** Powers the machine off with its ports parked, since nobody owns it now; on the fast track its agent is left running. */
export async function putAway(node: Operation): Promise<void> {
  const { nodeUuid, keepsAgent } = node.plan;
  if (keepsAgent && node.boot !== undefined) return;
  node.progress.now('powering off, parking the ports');
  await devices.parkNode.executeWithOptions({ summary: 'power off, park ports' }, [{ nodeUuid }]);
}
