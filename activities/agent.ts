import { getInventory } from '../db/inventory.ts';
import { describeDisk, missingDisks, type DiskIdentity } from '../domain/disks.ts';
import { BareMetalError } from '../domain/errors.ts';
import { disksIn } from '../domain/inventory.ts';
import type { ShownStepKind, Step } from '../domain/steps.ts';
import { getHardwareInfo, listAgentSteps, runAgentStep } from '../drivers/agent/commands.ts';
import { openAgent } from './agent-call.ts';
import { nameOfNode, openDevice, type Device } from './device.ts';
import type { Tools } from './tools.ts';

/** One step for the agent. */
export interface AgentStepInput {
  readonly nodeUuid: string;
  readonly kind: ShownStepKind;
  readonly step: Step;
  /** Names this run of this step: the same key finds the step that an earlier try began. */
  readonly key: string;
}

/** Activities that talk to the agent. */
export const createAgentActivities = (tools: Tools) => ({
  /**
   * The steps that the agent offers. Before a cleaning, the disks are compared with those of the inspection.
   * @throws BareMetalError `DiskMissing`
   */
  async listAgentSteps({ nodeUuid, kind }: { nodeUuid: string; kind: ShownStepKind }): Promise<Step[]> {
    const device = await openDevice(tools, nodeUuid);
    const { call, subject } = await openAgent(tools, device);
    if (kind === 'clean') {
      const { disks } = await getHardwareInfo(call);
      await refuseMissingDisks(tools, device, disksIn({ disks }));
    }
    return await listAgentSteps(call, kind, subject);
  },

  /** Runs one step of the agent to its end. */
  async runAgentStep({ nodeUuid, kind, step, key }: AgentStepInput): Promise<void> {
    const { call, subject } = await openAgent(tools, await openDevice(tools, nodeUuid));
    await runAgentStep(call, { ...subject, kind, step, key });
  },
});

/** @throws BareMetalError `DiskMissing` when a disk that inspection saw is not among the present ones */
export async function refuseMissingDisks(
  { db }: Tools,
  { node }: Device,
  present: readonly DiskIdentity[],
): Promise<void> {
  const stored = await getInventory(db, node.uuid);
  const missing = missingDisks(stored === undefined ? [] : disksIn(stored.inventory), present);
  if (missing.length === 0) return;
  throw new BareMetalError(
    'DiskMissing',
    `Node ${nameOfNode(node)}: inspection saw ${missing.map(describeDisk).join(', ')}, and the agent does not; put the disk back, or inspect the node anew when it was taken out on purpose.`,
  );
}
