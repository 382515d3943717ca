import { cancellationSignal } from '@temporalio/activity';
import { forgetEvents, type ForgottenBatch } from '../db/event-retention.ts';
import { reportProgress } from './progress.ts';
import type { Tools } from './tools.ts';

/** Rows that one statement looks at: some tenths of a second. */
const BATCH = 5000;

/** What is to be deleted, and whose workers do it; the events are those of all sites. */
export interface ForgetEventsInput {
  readonly site: string;
  readonly days: number;
}

/** Activities that keep the database from growing for ever. */
export const createRetentionActivities = ({ db }: Pick<Tools, 'db'>) => ({
  /** Deletes events that are older than so many days, batch by batch; what comes again deletes what is left. */
  async forgetEvents({ days }: ForgetEventsInput): Promise<{ deleted: number }> {
    const signal = cancellationSignal();
    let deleted = 0;
    for (let after: number | null = 0; after !== null;) {
      signal.throwIfAborted();
      const batch: ForgottenBatch = await forgetEvents(db, { days, after, most: BATCH });
      deleted += batch.deleted;
      after = batch.last;
      reportProgress({ deleted });
    }
    return { deleted };
  },
});
