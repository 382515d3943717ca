import { activityInfo } from '@temporalio/activity';
import { BareMetalError } from '../domain/errors.ts';

/** The Temporal run that the running activity belongs to. */
export function runOfActivity(): string {
  const run = activityInfo().workflowExecution?.runId;
  if (run === undefined) throw new BareMetalError('InternalError', 'An activity ran outside of a workflow.');
  return run;
}
