import { CancellationScope, sleep } from '@temporalio/workflow';
import type { TransientState } from '../domain/provision-states.ts';

/** The clock of an operation: no transient state lasts longer than its deadline. */
export interface Deadline {
  /** Starts the clock of a state anew. */
  restart(state: TransientState, seconds: number): void;
  stop(): void;
  /** The state that lasted too long. */
  readonly expired: TransientState | undefined;
}

/**
 * A clock that cancels `scope` when a state has lasted too long. A timer whose state is over is not cancelled but
 * passed over when it rings, since each cancel is an event in the history, and the end of the workflow stops it anyway.
 */
export function createDeadline(scope: CancellationScope): Deadline {
  let round = 0;
  let expired: TransientState | undefined;
  const watch = async (state: TransientState, seconds: number, started: number) => {
    await sleep(seconds * 1000, { summary: `deadline of "${state}"` });
    if (round !== started) return;
    expired = state;
    scope.cancel();
  };
  return {
    restart(state, seconds) {
      round += 1;
      // Not a part of the operation's own scope: an abort must not end in a cancelled timer.
      CancellationScope.nonCancellable(() => watch(state, seconds, round)).catch(() => {});
    },
    stop: () => void (round += 1),
    get expired() {
      return expired;
    },
  };
}
