import type pg from 'pg';
import type { Logger } from 'pino';
import type { Drivers } from '../drivers/hardware-types.ts';

/** What an operator may set for the activities of a worker. */
export interface ActivitySettings {
  /** Seconds that a machine gets to reach a power state. */
  readonly powerTimeoutS: number;
  /** Seconds that an operating system gets to shut down before a hard power off. */
  readonly softPowerTimeoutS: number;
  /** Deadline of every state that waits for an agent, in seconds; undefined keeps domain/deadlines.ts. */
  readonly callbackTimeoutS: number | undefined;
  /** BMCs that one power sweep reads at the same time. */
  readonly sweepConcurrency: number;
}

/** What activities work with; made once by the worker. */
export interface Tools {
  readonly db: pg.Pool;
  readonly drivers: Drivers;
  readonly log: Logger;
  readonly settings: ActivitySettings;
  /** The worker's host name, shown as the node's reservation. */
  readonly hostname: string;
}
