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

/** A clock that cancels `scope` when a state has lasted too long. */
export function createDeadline(scope: CancellationScope): Deadline {
  let timer: CancellationScope | undefined;
  let expired: TransientState | undefined;
  const watch = async (state: TransientState, seconds: number) => {
    await sleep(seconds * 1000, { summary: `deadline of "${state}"` });
    expired = state;
    scope.cancel();
  };
  return {
    restart(state, seconds) {
      timer?.cancel();
      timer = new CancellationScope();
      timer.run(() => watch(state, seconds)).catch(() => {});
    },
    stop: () => timer?.cancel(),
    get expired() {
      return expired;
    },
  };
}
