import { CancellationScope, TemporalFailure } from '@temporalio/workflow';
import { sentenceOf } from './failures.ts';

/** What puts one thing back. */
interface Undo {
  readonly what: string;
  readonly action: () => Promise<unknown>;
}

/** What must be put back when an operation ends badly; noted before each risky step. */
export interface UndoList {
  /** Notes how to put `what` back; the same `what` once more changes nothing. */
  add(what: string, action: () => Promise<unknown>): void;
  /** Puts everything back, newest first, whatever happens in between; returns a sentence for each that failed. */
  unwind(): Promise<string[]>;
}

/** An empty undo list. */
export function createUndoList(): UndoList {
  const list: Undo[] = [];
  return {
    add(what, action) {
      if (!list.some((undo) => undo.what === what)) list.push({ what, action });
    },
    unwind: () => CancellationScope.nonCancellable(() => unwind(list)),
  };
}

async function unwind(list: Undo[]): Promise<string[]> {
  const problems: string[] = [];
  for (let undo = list.pop(); undo !== undefined; undo = list.pop()) {
    try {
      await undo.action();
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      problems.push(`Could not ${undo.what}: ${sentenceOf(error)}`);
    }
  }
  return problems;
}

/** A problem as it is told after its cause: what fails an operation often fails the undo by the same words. */
export function toldAfter(cause: string, problem: string): string {
  return problem.replace(cause, 'the same came back.');
}
