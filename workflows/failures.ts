import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  type TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';

/** The failure that an activity ended with, without the wrapping. */
export function innermost(error: TemporalFailure): Error {
  const wrapped = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  return wrapped && error.cause !== undefined ? error.cause : error;
}

/** The code of the error table that a failure carries. */
export function codeOf(error: TemporalFailure): string {
  const inner = innermost(error);
  return inner instanceof ApplicationFailure && inner.type ? inner.type : 'InternalError';
}

/** What a person reads of a failure. */
export function sentenceOf(error: TemporalFailure): string {
  const inner = innermost(error);
  if (inner instanceof TimeoutFailure) {
    const activity = error instanceof ActivityFailure ? error.activityType : 'the call';
    const last = inner.cause instanceof ApplicationFailure ? ` Last answer: ${inner.cause.message}` : '';
    // A try is heard of again and again while its worker lives.
    const lost = `The worker that ran ${activity} was lost in its last try; see that workers run, and ask again.`;
    const late = `${activity} did not end in time (${inner.timeoutType}).`;
    return (inner.timeoutType === 'HEARTBEAT' ? lost : late) + last;
  }
  return inner.message;
}
