import type { Stack } from '../stack/stack.ts';

/** What a run of either kind offers once the services are up. */
export interface Scene {
  readonly stack: Stack;
  /** Runs the journey; tells the addresses that it opened, one line each. */
  readonly journey: () => Promise<readonly string[]>;
  /** Commands of the client to try after the journey, as they work on its nodes then. */
  readonly tries: readonly string[];
  /** Ends what uses the stack, before it stops. */
  readonly close: () => Promise<void>;
  /** Ends what the stack uses, after it stopped. */
  readonly after: () => Promise<void>;
}
