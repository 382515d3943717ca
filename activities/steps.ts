import { recordErasure } from '../db/erasures.ts';
import { BareMetalError } from '../domain/errors.ts';
import { stepKey, type Step } from '../domain/steps.ts';
import type { ErasedDisk } from '../drivers/interfaces.ts';
import { nameOfNode, openDevice, type Device } from './device.ts';
import { runOfActivity } from './run.ts';
import type { Tools } from './tools.ts';

/** One step of a node. */
export interface StepInput {
  readonly nodeUuid: string;
  readonly step: Step;
}

/** Activities that run the steps which drivers do themselves, out of band. */
export const createStepActivities = (tools: Tools) => ({
  /** Runs one step of the driver to its end; an erase leaves a record for each disk. */
  async runDriverStep({ nodeUuid, step }: StepInput): Promise<void> {
    const startedAt = new Date().toISOString();
    const device = await openDevice(tools, nodeUuid);
    const result = await device.driver.steps.run(device, step);
    const erased = (result['erased'] ?? []) as readonly ErasedDisk[];
    for (const disk of erased)
      await recordErasure(tools.db, { ...disk, nodeUuid, run: runOfActivity(), subject: 'disk', startedAt });
    refuseFailedErase(device, step, erased);
  },
});

function refuseFailedErase(device: Device, step: Step, erased: readonly ErasedDisk[]): void {
  const failed = erased.filter((disk) => disk.result === 'failed');
  if (failed.length === 0) return;
  const list = failed.map(
    (disk) => `${disk.device} (serial ${disk.serial ?? 'unknown'}): ${disk.reason ?? 'no reason given'}`,
  );
  throw new BareMetalError(
    'EraseNotVerified',
    `Node ${nameOfNode(device.node)}: after ${stepKey(step)} these disks are not proved empty: ${list.join('; ')}. Repeat the cleaning, or take the disks out.`,
  );
}
