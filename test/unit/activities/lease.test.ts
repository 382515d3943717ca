import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/common';
import { ActivityCancelledError, ActivityNotFoundError, type Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { whileOurs } from '../../../activities/lease.ts';
import { BareMetalError } from '../../../domain/errors.ts';

/** An attempt that began so long ago, and a Temporal that answers its heartbeats. */
function attempt(began: { agoMs: number; heartbeatTimeoutMs?: number }, answer: () => Promise<void>) {
  let asked = 0;
  const heartbeat = () => {
    asked += 1;
    return answer();
  };
  const { agoMs, heartbeatTimeoutMs = 1000 } = began;
  const withAbortSignal = (_: AbortSignal, work: () => unknown) => work();
  const client = { activity: { heartbeat }, withAbortSignal } as unknown as Client;
  const environment = new MockActivityEnvironment(
    {
      heartbeatTimeoutMs,
      startToCloseTimeoutMs: 60_000,
      currentAttemptScheduledTimestampMs: Date.now() - agoMs,
    },
    { logger: new DefaultLogger('ERROR'), client },
  );
  return { run: <T>(work: () => Promise<T>) => environment.run(work), asked: () => asked };
}

describe('the lease on a machine', () => {
  it('is held by an attempt that has just begun, which asks nobody', async () => {
    const { run, asked } = attempt({ agoMs: 0 }, () => Promise.reject(new Error('not asked')));
    assert.equal(await run(() => whileOurs(() => Promise.resolve('changed'))), 'changed');
    assert.equal(asked(), 0);
  });

  it('is asked for by an attempt that began a while ago, once for a while', async () => {
    const { run, asked } = attempt({ agoMs: 900 }, () => Promise.resolve());
    await run(async () => {
      await whileOurs(() => Promise.resolve());
      await whileOurs(() => Promise.resolve());
    });
    assert.equal(asked(), 1);
  });

  it('is refused to an attempt that was replaced or aborted, before it changes anything', async () => {
    for (const refusal of [new ActivityNotFoundError('gone'), new ActivityCancelledError('cancelled')]) {
      const { run } = attempt({ agoMs: 900 }, () => Promise.reject(refusal));
      let changed = false;
      const changing = whileOurs.bind(undefined, () => Promise.resolve((changed = true)));
      await assert.rejects(run(changing), CancelledFailure);
      assert.equal(changed, false);
    }
  });

  it('is not taken for granted when Temporal does not answer', async () => {
    const { run } = attempt({ agoMs: 900 }, () => Promise.reject(new Error('unavailable')));
    const changing = run(() => whileOurs(() => Promise.resolve()));
    await assert.rejects(changing, (error) => error instanceof BareMetalError && error.code === 'ServiceUnavailable');
  });

  it('is renewed while a change goes on', async () => {
    const { run, asked } = attempt({ agoMs: 0 }, () => Promise.resolve());
    const aborted = await run(() => whileOurs((signal) => sleep(1200).then(() => signal.aborted)));
    assert.equal(aborted, false);
    assert.ok(asked() >= 2);
  });

  it('runs out when it is not renewed: the change is told to stop', async () => {
    const { run } = attempt({ agoMs: 0, heartbeatTimeoutMs: 400 }, () => Promise.reject(new Error('unavailable')));
    const changing = run(() => whileOurs((signal) => sleep(5000, undefined, { signal })));
    await assert.rejects(changing, { name: 'AbortError' });
  });
});
