import type { Context } from 'mocha';
import { runStops } from './at-end.ts';

/** Servers are started by the first test that needs one and stopped here, after the last test of the process. */
export const mochaHooks = {
  async afterAll(this: Context): Promise<void> {
    this.timeout(60_000);
    await runStops();
  },
};
