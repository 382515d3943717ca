import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { BareMetalError } from '../../../domain/errors.ts';

/** One place in a workflow: an activity and which of the workflow's calls it is (Temporal's activity id). */
export interface Place {
  readonly workflow: string;
  readonly activity: string;
  readonly id: string;
  readonly isLocal: boolean;
  /** How often a clean run changes the machine there. */
  changes: number;
}

/** What a fault works with. */
export interface Call {
  /** Runs the real activity. */
  readonly effect: () => Promise<unknown>;
  /** Asks Temporal to cancel the workflow, as the API's abort does. */
  readonly abort: () => Promise<void>;
  /** Says that the fault has been reached, to whoever kills the worker then. */
  readonly reached: () => void;
  /** Has the call's change of that number wait until its worker, which stands still meanwhile, goes on. */
  readonly standStillAt: (change: number) => void;
  readonly place: Place;
}

/** How a fault may end. */
export type Outcome = 'done' | 'failed' | 'aborted' | 'refused';

/** A way in which one call of an activity goes wrong. */
export interface Fault {
  /** Whose worker it needs: one that is killed, or one that stands still. */
  readonly needs?: 'victim' | 'sleeper';
  /** Whether it ends what the recipe wanted, rather than being healed. */
  readonly isFinal?: true;
  /** Whether the fault can happen at this place; `once`: the recipe allows one try only. */
  readonly fits: (place: Place, once: boolean) => boolean;
  /** How the operation may end; `done` is as without a fault. What may be tried only once fails instead of healing. */
  readonly ends: readonly Outcome[];
  /** Takes the place of the activity at its first delivery. */
  readonly act: (call: Call) => Promise<unknown>;
}

const anywhere = () => true;
const onDevices = ({ isLocal }: Place) => !isLocal;
const retried = (_: Place, once: boolean) => !once;
const onChanges =
  (least: number) =>
  ({ changes }: Place, once: boolean) =>
    changes >= least && !once;

const mayHeal = () => new BareMetalError('BmcUnreachable', 'The battery made this call fail, as a lost answer would.');
const stays = () => new BareMetalError('BmcRefused', 'The battery made this call fail for good.');

/** A record is one statement: once it has taken effect, only its answer can be lost. */
export const FAULTS = {
  'fails once before its effect': {
    fits: anywhere,
    ends: ['done'],
    act: () => Promise.reject(mayHeal()),
  },
  'fails once after its effect': {
    fits: anywhere,
    ends: ['done'],
    act: ({ effect }) => effect().then(() => Promise.reject(mayHeal())),
  },
  'fails for good before its effect': {
    isFinal: true,
    // A failure that can't be written is left to recoverNode, which has its own scenario.
    fits: ({ activity, workflow }) => activity !== 'failNode' || workflow === 'recoverNode',
    ends: ['failed', 'refused'],
    act: () => Promise.reject(stays()),
  },
  'fails for good after its effect': {
    isFinal: true,
    fits: onDevices,
    ends: ['failed'],
    act: ({ effect }) => effect().then(() => Promise.reject(stays())),
  },
  'times out before its effect': {
    fits: anywhere,
    ends: ['done'],
    act: () => silence(),
  },
  'times out after its effect': {
    fits: anywhere,
    ends: ['done'],
    act: ({ effect }) => effect().then(silence),
  },
  'is delivered twice': {
    fits: retried,
    ends: ['done'],
    act: ({ effect }) => effect().then(effect),
  },
  'is aborted before its effect': {
    fits: anywhere,
    ends: ['aborted', 'done'],
    act: async ({ abort, effect }) => {
      await abort();
      await cancellation();
      return effect();
    },
  },
  'is aborted after its effect': {
    fits: anywhere,
    ends: ['aborted', 'done'],
    act: async ({ abort, effect }) => {
      const result = await effect();
      await abort();
      await cancellation();
      Context.current().cancellationSignal.throwIfAborted();
      return result;
    },
  },
  'loses its worker before its effect': {
    needs: 'victim',
    fits: anywhere,
    ends: ['done'],
    act: ({ reached }) => {
      reached();
      return silence();
    },
  },
  'loses its worker after its effect': {
    needs: 'victim',
    fits: anywhere,
    ends: ['done'],
    act: async ({ reached, effect }) => {
      await effect();
      reached();
      return silence();
    },
  },
  // A slow but living worker: another one does the call meanwhile, and the first one wakes up in the middle of it.
  'is overtaken at its first change': {
    needs: 'sleeper',
    fits: onChanges(1),
    ends: ['done'],
    act({ standStillAt, effect }) {
      standStillAt(1);
      return effect();
    },
  },
  'is overtaken at its last change': {
    needs: 'sleeper',
    fits: onChanges(2),
    ends: ['done'],
    act({ standStillAt, effect, place }) {
      standStillAt(place.changes);
      return effect();
    },
  },
} as const satisfies Record<string, Fault>;

/** The name of a fault. */
export type FaultName = keyof typeof FAULTS;

/** Which worker process of its own the fault needs, if any. */
export const neededWorker = (name: FaultName): Fault['needs'] => (FAULTS[name] satisfies Fault as Fault).needs;

/** Never answers; ends when Temporal has given the call up, so that the test's worker can stop. */
async function silence(): Promise<never> {
  const signal = Context.current().cancellationSignal;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  throw new Error('the battery kept silent for so long that the call was given up');
}

const ABORT_REACHES_MS = 6000;

/** Waits until the abort has reached the running call: at once for devices, never for records. */
async function cancellation(): Promise<void> {
  const { cancellationSignal: signal, info, heartbeat } = Context.current();
  const until = Date.now() + ABORT_REACHES_MS;
  while (!info.isLocal && !signal.aborted && Date.now() < until) {
    heartbeat();
    await sleep(100);
  }
}
