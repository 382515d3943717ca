import { CancelledFailure, Context } from '@temporalio/activity';
import { ActivityCancelledError, ActivityNotFoundError } from '@temporalio/client';
import { BareMetalError } from '../domain/errors.ts';
import { progressOf } from './progress.ts';

/** Shares of the heartbeat time-out: how long a lease lasts, and after how much of it Temporal is asked again. */
const LASTS = 0.75;
const RENEWED_AFTER = 0.4;

/**
 * An attempt's right to change devices. Temporal hands a call on to another worker when it has heard nothing of this
 * attempt for the heartbeat time-out; a lease runs out before that, so that no two attempts hold one at the same
 * time. What renews it is a heartbeat that Temporal confirmed (docs/adr/0002-a-heartbeat-is-a-lease.md).
 */
interface Lease {
  readonly lastsMs: number;
  readonly renewAfterMs: number;
  /** When Temporal gives the call up, whoever heartbeats. */
  readonly endsAt: number;
  /** Since when Temporal is known to count on this attempt. */
  since: number;
  renewal: Promise<void> | undefined;
}

const leases = new WeakMap<Context, Lease>();

/**
 * Makes one change while the running attempt is the one that may. `change` gets a signal that also fires when the
 * lease runs out. An attempt that began a moment ago holds a lease already, so that short calls ask nobody.
 * @throws CancelledFailure when another attempt has taken over or the operation is aborted: nothing was changed then
 */
export async function whileOurs<T>(change: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const lease = leaseOf(context);
  if (lease === undefined) return await change(context.cancellationSignal);
  if (isOld(lease)) await renew(context, lease);
  const over = new AbortController();
  const timer = watch(context, lease, over);
  try {
    const signal = AbortSignal.any([context.cancellationSignal, over.signal]);
    signal.throwIfAborted();
    return await change(signal);
  } finally {
    clearInterval(timer);
  }
}

/** Renews the lease while a change goes on, and fires `over` when that fails for too long. */
function watch(context: Context, lease: Lease, over: AbortController): NodeJS.Timeout {
  const look = () => {
    if (isOver(lease)) over.abort(ranOut());
    // A failed renewal leaves the lease to run out.
    else if (isOld(lease)) renew(context, lease).catch(() => {});
  };
  look();
  return setInterval(look, Math.min(1000, lease.lastsMs / 10));
}

/** Calls without a heartbeat time-out are not handed on while they live. */
function leaseOf(context: Context): Lease | undefined {
  const known = leases.get(context);
  const { heartbeatTimeoutMs, startToCloseTimeoutMs, currentAttemptScheduledTimestampMs } = context.info;
  if (known !== undefined || !heartbeatTimeoutMs) return known;
  // Temporal's clock began when it gave the call away. That the call was long on its way shows on wall clocks only.
  const underWayMs = Math.max(0, Date.now() - currentAttemptScheduledTimestampMs);
  const lease: Lease = {
    lastsMs: LASTS * heartbeatTimeoutMs,
    renewAfterMs: RENEWED_AFTER * heartbeatTimeoutMs,
    endsAt:
      performance.now() + startToCloseTimeoutMs - (1 - LASTS) * Math.min(heartbeatTimeoutMs, startToCloseTimeoutMs),
    since: performance.now() - underWayMs,
    renewal: undefined,
  };
  leases.set(context, lease);
  return lease;
}

function isOld({ since, renewAfterMs }: Lease): boolean {
  return performance.now() - since > renewAfterMs;
}

function isOver({ since, lastsMs, endsAt }: Lease): boolean {
  return performance.now() > Math.min(since + lastsMs, endsAt);
}

function renew(context: Context, lease: Lease): Promise<void> {
  return (lease.renewal ??= heartbeat(context, lease).finally(() => (lease.renewal = undefined)));
}

/** A heartbeat whose answer counts: the worker's own ones only say that it lives. */
async function heartbeat(context: Context, lease: Lease): Promise<void> {
  const sentAt = performance.now();
  try {
    await context.client.activity.heartbeat(context.info.taskToken, progressOf(context));
  } catch (error) {
    if (error instanceof ActivityCancelledError) throw new CancelledFailure('The operation is being aborted.');
    if (error instanceof ActivityNotFoundError) throw new CancelledFailure('Another attempt has taken this call over.');
    throw new BareMetalError('ServiceUnavailable', 'Temporal does not confirm that this attempt may go on.', {
      cause: error,
    });
  }
  lease.since = sentAt;
}

function ranOut(): BareMetalError {
  const message = 'Temporal did not confirm for too long that this attempt may go on; the change was broken off.';
  return new BareMetalError('ServiceUnavailable', message);
}
