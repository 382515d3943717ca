import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { ApiConfig } from './config.ts';

/** What the API works with; made once by main.ts, or by a test. */
export interface Tools {
  readonly db: pg.Pool;
  /** Starts, signals and cancels operations; a GET never uses it, except for schedules, which live nowhere else. */
  readonly temporal: Client;
  readonly config: ApiConfig;
  readonly log: Logger;
}
