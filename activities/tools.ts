import type { Logger } from 'pino';
import type { Database } from '../db/pool.ts';
import type { DisallowedSteps } from '../domain/disallowed-steps.ts';
import type { Masking } from '../domain/inspection-rules/apply.ts';
import type { StepKind } from '../domain/steps.ts';
import type { AgentClient } from '../drivers/agent/client.ts';
import type { Drivers } from '../drivers/hardware-types.ts';

/** Priorities that replace those of the steps, by `interface.step`, for each kind of steps that have any. */
export type StepPriorities = Readonly<Record<Exclude<StepKind, 'service'>, Readonly<Record<string, number>>>>;

/** What an operator may set for the activities of a worker. */
export interface ActivitySettings {
  /** Seconds that a machine gets to reach a power state. */
  readonly powerTimeoutS: number;
  /** Seconds that an operating system gets to shut down before a hard power off. */
  readonly softPowerTimeoutS: number;
  /** Deadline of every state that waits for an agent, in seconds; undefined keeps domain/deadlines.ts. */
  readonly callbackTimeoutS: number | undefined;
  /** Image cache, shared with the boot service. */
  readonly imageCache: string;
  /** Folders from which file:// images may be read. */
  readonly imageFolders: readonly string[];
  /** The boot service as agents on the provisioning network reach it. */
  readonly bootUrl: string;
  /** Passes of random data before the zeroes; 0 writes zeroes only. */
  readonly eraseIterations: number;
  /** Disks that one agent erases at the same time. */
  readonly eraseConcurrency: number;
  /** Random places that are read back on each disk. */
  readonly eraseSamples: number;
  readonly stepPriorities: StepPriorities;
  readonly disallowedSteps: DisallowedSteps;
  /** The operator's own inspection rules, a YAML file. */
  readonly inspectionRulesFile: string | undefined;
  /** From which inspection rules reported passwords are kept. */
  readonly inspectionRulesMasking: Masking;
  /** Whether agents are left running after inspection and cleaning, for the next operation. */
  readonly fastTrack: boolean;
  /** BMCs that one power sweep reads at the same time. */
  readonly sweepConcurrency: number;
}

/** What activities work with; made once by the worker. */
export interface Tools {
  readonly db: Database;
  readonly drivers: Drivers;
  readonly agent: AgentClient;
  readonly log: Logger;
  readonly settings: ActivitySettings;
  /** The worker's host name, shown as the node's reservation. */
  readonly hostname: string;
}
