import type { Command } from '../commands/command.ts';
import type { CallOptions } from './options.ts';

/** Runs typed commands; what the feature modules need of a BMC. */
export interface CommandRunner {
  /** Default deadline of a call. */
  readonly deadlineMs: number;
  /** Encodes, sends, and decodes. @throws IpmiError for everything but completion code 00h. */
  command<Q, S>(command: Command<Q, S>, request: Q, options?: CallOptions): Promise<S>;
}
