import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';

const LONGEST_PAUSE_MS = 5000;

/** Connects to Temporal; waits for as long as it is away, since a worker without it has nothing to do. */
export async function connectWorker(address: string, log: Logger): Promise<NativeConnection> {
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await NativeConnection.connect({ address });
    } catch (err) {
      log.warn({ err, address }, 'Temporal does not answer yet');
      await sleep(pauseMs);
    }
  }
}
