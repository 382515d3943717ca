import { WorkflowNotFoundError, type Client, type ScheduleDescription, type WorkflowHandle } from '@temporalio/client';
import type { CleanFleetResult } from '../workflows/clean-fleet.ts';

/** The last run of a cleaning schedule. */
export interface LastRun {
  readonly runId: string;
  /** Temporal's word, in lower case: `running`, `completed`, `failed`, `canceled`, `terminated`, `timed_out`. */
  readonly status: string;
  /** Null while it runs, and where it ended otherwise than by itself. */
  readonly result: CleanFleetResult | null;
}

/** The last run that a schedule started; null when there was none, or Temporal has forgotten it (retention). */
export async function lastRunOf({ workflow }: Client, { info }: ScheduleDescription): Promise<LastRun | null> {
  const started = info.recentActions.at(-1)?.action.workflow;
  if (started === undefined) return null;
  const { workflowId, firstExecutionRunId: runId } = started;
  const handle = workflow.getHandle<() => Promise<CleanFleetResult>>(workflowId, runId);
  const status = await statusOf(handle);
  if (status === undefined) return null;
  return { runId, status, result: status === 'completed' ? await handle.result() : null };
}

async function statusOf(handle: WorkflowHandle): Promise<string | undefined> {
  try {
    return (await handle.describe()).status.name.toLowerCase();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
