import type { ShownStepKind, Step } from '../domain/steps.ts';
import type { Operation } from './operation.ts';

/** One run of one step. */
export interface StepRun {
  readonly operation: Operation;
  readonly kind: ShownStepKind;
  readonly step: Step;
  /** The same key is the same run of the same step, however often it is asked for. */
  readonly key: string;
}
