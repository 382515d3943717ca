import { ApplicationFailure, CancellationScope, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { UNHOLD_UPDATE } from './messages.ts';

/** Whether an operation is on hold, and whether somebody has let it go on. */
export interface Hold {
  /** Waits, in the hold state that `enter` brings, until somebody asks to go on, and leaves it by `leave`. */
  until(enter: () => Promise<void>, leave: () => Promise<void>): Promise<void>;
}

const unhold = defineUpdate<void>(UNHOLD_UPDATE);

/** Starts to listen to `unhold`; call it before the first await. The update ends when the hold state has been left. */
export function listenToUnhold(): Hold {
  let held = false;
  let released = false;
  const release = async () => {
    released = true;
    await CancellationScope.nonCancellable(() => condition(() => !held));
  };
  const validator = () => {
    if (held) return;
    throw ApplicationFailure.nonRetryable('The operation is not on hold.', 'InvalidStateRequested');
  };
  setHandler(unhold, release, { validator });
  return {
    async until(enter, leave) {
      released = false;
      // Before the state is reached: whoever sees it may ask at once.
      held = true;
      try {
        await enter();
        await condition(() => released);
        await leave();
      } finally {
        held = false;
      }
    },
  };
}
