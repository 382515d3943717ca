import assert from 'node:assert/strict';
import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure, type TimeoutType } from '@temporalio/common';
import { sentenceOf } from '../../../workflows/failures.ts';

const timedOut = (type: TimeoutType, cause?: Error) => {
  const timeout = Object.assign(new TimeoutFailure('activity timeout', undefined, type), { cause });
  const tries = RetryState.MAXIMUM_ATTEMPTS_REACHED;
  return new ActivityFailure('activity failed', 'verifyBmc', '2', tries, 'worker-1', timeout);
};

describe('what a person reads of a call that ended in no answer', () => {
  const answer = ApplicationFailure.nonRetryable('the BMC is busy');

  it('names the call and the limit, and the last answer where there was one', () => {
    assert.equal(sentenceOf(timedOut('START_TO_CLOSE')), 'verifyBmc did not end in time (START_TO_CLOSE).');
    const told = 'verifyBmc did not end in time (SCHEDULE_TO_CLOSE). Last answer: the BMC is busy';
    assert.equal(sentenceOf(timedOut('SCHEDULE_TO_CLOSE', answer)), told);
  });

  it('says that its worker was lost, and what to do', () => {
    const told = 'The worker that ran verifyBmc was lost in its last try; see that workers run, and ask again.';
    assert.equal(sentenceOf(timedOut('HEARTBEAT')), told);
    assert.equal(sentenceOf(timedOut('HEARTBEAT', answer)), `${told} Last answer: the BMC is busy`);
  });
});
