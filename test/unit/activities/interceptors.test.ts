import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import { keepSecrets, secretsIn } from '../../../activities/secrets.ts';
import { BareMetalError, type ErrorCode } from '../../../domain/errors.ts';
import { createActivityInterceptors } from '../../../worker/interceptors.ts';

const logger = new DefaultLogger('ERROR');
const logged: string[] = [];
const interceptors = createActivityInterceptors(pino({}, { write: (line) => void logged.push(line) }));

/** What comes out of an activity that throws. */
async function failureOf(work: () => unknown): Promise<ApplicationFailure> {
  const environment = new MockActivityEnvironment({}, { interceptors: [interceptors], logger });
  const failure: unknown = await environment.run(async () => await work()).catch((error: unknown) => error);
  assert.ok(failure instanceof ApplicationFailure);
  return failure;
}

const fail = (code: ErrorCode, message = 'a sentence') =>
  failureOf(() => Promise.reject(new BareMetalError(code, message)));

describe('what Temporal does after an error', () => {
  it('is to try again what may heal', async () => {
    const { type, nonRetryable, nextRetryDelay } = await fail('BmcUnreachable');
    assert.deepEqual([type, nonRetryable, nextRetryDelay ?? undefined], ['BmcUnreachable', false, undefined]);
  });

  it('is to wait when somebody holds the thing', async () => {
    const { nonRetryable, nextRetryDelay } = await fail('BmcBusy');
    assert.equal(nonRetryable, false);
    assert.equal(nextRetryDelay, '5 seconds');
  });

  it('is to stop at what will not heal, and at bugs', async () => {
    for (const code of ['BmcAuthFailed', 'InternalError'] as const) assert.equal((await fail(code)).nonRetryable, true);
    assert.equal((await failureOf(() => Promise.reject(new TypeError('x is undefined')))).nonRetryable, true);
  });

  it('is to try again what it does not know, without its words', async () => {
    const unknown = Object.assign(new Error('connect to 10.0.0.1 with password abc'), { code: 'ECONNREFUSED' });
    const { message, nonRetryable } = await failureOf(() => Promise.reject(unknown));
    assert.match(message, /unexpected happened \(ECONNREFUSED\)/);
    assert.equal(nonRetryable, false);
  });

  it('keeps secrets and causes out of the failure, and secrets out of the log', async () => {
    logged.length = 0;
    const failure = await failureOf(() => {
      keepSecrets(...secretsIn({ ipmi_password: 'hunter22', snmp_community: 'rack-one', ipmi_address: '192.0.2.1' }));
      const cause = new Error('hunter22 and rack-one');
      throw new BareMetalError('BmcRefused', 'refused hunter22 and rack-one at 192.0.2.1', { cause });
    });
    assert.equal(failure.message, 'refused ****** and ****** at 192.0.2.1');
    assert.equal(failure.cause, undefined);
    await failureOf(() => {
      keepSecrets('hunter22');
      throw new TypeError('hunter22 is undefined');
    });
    assert.equal(logged.length, 2);
    assert.match(logged[0] ?? '', /caused by: Error: \*{6} and \*{6}/);
    assert.doesNotMatch(logged.join(''), /hunter22|rack-one/);
  });

  it('is to take an abort for an abort', async () => {
    const environment = new MockActivityEnvironment({}, { interceptors: [interceptors], logger });
    const work = environment.run(async () => {
      environment.cancel();
      await Promise.reject(new Error('aborted'));
    });
    await assert.rejects(work, CancelledFailure);
  });
});
