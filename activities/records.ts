import * as waits from '../db/agent-waits.ts';
import { listTemplateSteps } from '../db/deploy-templates.ts';
import { listUnproved } from '../db/erasures.ts';
import { isInspected } from '../db/inspection-results.ts';
import { getNodeByUuid } from '../db/nodes.ts';
import * as operations from '../db/operations.ts';
import { inTransaction, type Queryable } from '../db/pool.ts';
import { setAwaited, getAgentSession } from '../db/agent-sessions.ts';
import type { DisallowedSteps } from '../domain/disallowed-steps.ts';
import { DEADLINES } from '../domain/deadlines.ts';
import { BareMetalError } from '../domain/errors.ts';
import { UNDO_FAILURE, type Node, type PowerState } from '../domain/node.ts';
import {
  isTransient,
  isWaiting,
  movesOf,
  next,
  TARGET_OF_VERB,
  type ProvisionState,
  type TransientState,
  type Verb,
} from '../domain/provision-states.ts';
import type { RunningStep, ShownStepKind, Step, StepKind } from '../domain/steps.ts';
import { isFastTrack } from './fast-track.ts';
import { stepsOfNode } from './offered-steps.ts';
import type { StepPriorities, Tools } from './tools.ts';

/** Which operation works on which node. */
export interface OperationRef {
  readonly nodeUuid: string;
  readonly run: string;
}

/** What takes a node. */
export interface ClaimInput extends OperationRef {
  /** A verb of the state machine, or an operation that leaves the provision state alone. */
  readonly verb: string;
  readonly movesState: boolean;
  /** In plans only: the node is on hold for this very operation, which goes on from there. */
  readonly isHeld?: boolean;
  readonly operation: string;
  readonly targetPower: PowerState | null;
  readonly requestId: string;
  readonly username: string | null;
  readonly project?: string | null;
}

/** What a claimed operation needs to know of its node; without secrets. */
export interface NodePlan {
  readonly nodeUuid: string;
  readonly name: string | null;
  readonly site: string;
  readonly provisionState: ProvisionState;
  readonly powerState: PowerState | null;
  readonly usesAgent: boolean;
  /** Whether the driver itself can take an inventory. */
  readonly inspectsItself: boolean;
  /** False when the operator waived cleaning for this node. */
  readonly automatedClean: boolean;
  /** False when the operator waived the BIOS reset for this node (driver_info `bios_reset: false`). */
  readonly biosReset: boolean;
  /** Whether the machine must never be powered off; absent in plans from before it was heeded. */
  readonly keepsPower?: boolean;
  /** Whether the agent is left running when the operation ends well. */
  readonly keepsAgent: boolean;
  /** The steps that the driver does itself. */
  readonly steps: Readonly<Record<StepKind, readonly Step[]>>;
  /** Steps of the deploy templates that the instance's traits call for. */
  readonly templateSteps: readonly Step[];
  /** Priorities of steps that the operator's configuration sets, by `interface.step`. */
  readonly stepPriorities: StepPriorities;
  /** Steps that the operator's configuration forbids; absent in what older workers claimed. */
  readonly disallowedSteps?: DisallowedSteps;
  readonly deadlines: Readonly<Record<TransientState, number>>;
  readonly softPowerTimeoutS: number;
  /** Set when this very operation has ended before: Temporal asks again when something arrives at its last moment. */
  readonly ended: Ending | null;
}

/** How an operation ended: what the node's row says is what the workflow says. */
export interface Ending {
  readonly provisionState: ProvisionState;
  /** Null when it ended well. */
  readonly lastError: string | null;
}

/** One step of the state machine. */
export interface MoveInput extends OperationRef {
  readonly verb: Verb;
}

/** A step of the state machine that is not a wait for the agent's boot. */
export interface CountedMove extends MoveInput {
  /** Which of the operation's moves it is, from 1: each is made once. */
  readonly count: number;
}

/** A wait for the agent that begins or ends. */
export interface WaitInput extends MoveInput {
  readonly bootId: string;
  /** What is waited for: the agent's first heartbeat, or its inventory. */
  readonly awaited: 'heartbeat' | 'inventory';
}

/** How an operation ended well. */
export interface FinishInput extends OperationRef {
  readonly verb: string;
  /** The verb that ends it in the state machine; null leaves the provision state alone. */
  readonly ending: Verb | null;
  readonly event: string;
  /** Set when the node may become available only with proof. */
  readonly gate?: { readonly biosReset: boolean; readonly waived: boolean };
}

/** How an operation ended badly. */
export interface FailInput extends OperationRef {
  readonly verb: string;
  readonly ending: 'fail' | 'abort' | null;
  readonly lastError: string;
  /** What could not be undone: the node goes into maintenance with this reason. */
  readonly leftBehind: string | null;
}

/** The activities that write the node's row; run as local activities. The only writers of `provision_state`. */
export const createRecordActivities = (tools: Tools) => ({
  ...createStateActivities(tools),
  ...createProgressActivities(tools),
});

/** What shows how far an operation is, and waits for the agent. */
const createProgressActivities = (tools: Tools) => {
  const { db } = tools;
  return {
    /** Begins to wait for the agent; `calledBack` is true when what is waited for is here already. */
    async beginWait(input: WaitInput): Promise<{ state: ProvisionState; calledBack: boolean }> {
      const moved = await waits.beginWait(db, { ...input, moves: movesOf(input.verb) });
      if (moved === undefined && (await isHere(tools, input))) {
        return { state: await presentState(tools, input), calledBack: true };
      }
      const state = moved ?? (await stateAfter(tools, input, input.verb));
      // From now on a heartbeat becomes a signal; one that came before is found by this look.
      await setAwaited(db, { ...input, awaited: true });
      return { state, calledBack: await isHere(tools, input) };
    },

    /** Ends the wait for the agent. */
    async endWait(input: WaitInput): Promise<ProvisionState> {
      await setAwaited(db, { ...input, awaited: false });
      const state = await waits.endWait(db, { ...input, moves: movesOf(input.verb) });
      return state ?? (await stateAfter(tools, input, input.verb));
    },

    /** Says whether the agent's calls become signals. */
    async listenForAgent(input: OperationRef & { bootId: string; awaited: boolean }): Promise<void> {
      await setAwaited(db, input);
    },

    /** Shows the step that runs now. */
    async showStep(input: OperationRef & { kind: ShownStepKind; step: RunningStep }): Promise<void> {
      await operations.showStep(db, input);
    },
  };
};

/** How an operation takes a node, moves it and lets it go. */
const createStateActivities = (tools: Tools) => {
  const { db, hostname } = tools;
  return {
    /**
     * Takes the node for the operation.
     * @throws BareMetalError `NodeNotFound`, `InvalidStateRequested`, `DriverNotFound`
     */
    async claimNode(input: ClaimInput): Promise<NodePlan> {
      const verb = input.verb as Verb;
      const claim = {
        ...input,
        hostname,
        moves: movesOfClaim(input),
        targets: targetsOf(verb),
      };
      // Without a plan (this worker doesn't have the node's driver) nothing is claimed either.
      const plan = await inTransaction(db, async (client) => {
        const node = await operations.claimNode(client, claim);
        return node && planOf(tools, node, { templateSteps: await templateStepsOf(client, verb, node) });
      });
      return plan ?? (await planBefore(tools, input));
    },

    /** Moves the node to its next state and says which it is. */
    moveNode: (input: CountedMove): Promise<ProvisionState> => moveNode(tools, input),

    /** Forgets the tenant of a node that is given back; its cleaning begins. */
    async releaseInstance(input: OperationRef): Promise<ProvisionState> {
      const state = await operations.releaseInstance(db, { ...input, moves: movesOf('clean') });
      return state ?? (await stateAfter(tools, input, 'clean'));
    },

    /**
     * Ends the operation well and lets the node go. With a gate, the proof of cleaning is looked up in the
     * same transaction: without it nothing changes.
     * @throws BareMetalError `CleaningNotProven`
     */
    async finishNode(input: FinishInput): Promise<Ending> {
      const { gate, ending } = input;
      const values = {
        ...input,
        hostname,
        lastError: null,
        moves: ending === null ? null : movesOf(ending),
        // Nobody shall get a retired machine any more: once it is clean it leaves the pool.
        // A cleaning ends with the machine off and its ports parked.
        ...(gate && { movesRetired: movesOf('manage'), mends: UNDO_FAILURE }),
      };
      const state =
        gate === undefined
          ? await operations.endOperation(db, values)
          : await inTransaction(db, async (client) => {
              const ended = await operations.endOperation(client, values);
              refuseUnproved(input, await listUnproved(client, { ...input, ...gate }));
              return ended;
            });
      return state === undefined ? await endingBefore(tools, input) : { provisionState: state, lastError: null };
    },

    /** Ends the operation badly and lets the node go, with the cause in `last_error` and in its history. */
    async failNode(input: FailInput): Promise<Ending> {
      const { leftBehind, ending } = input;
      const state = await operations.endOperation(db, {
        ...input,
        hostname,
        event: input.lastError,
        moves: ending === null ? null : movesOf(ending),
        fault: leftBehind === null ? null : { fault: UNDO_FAILURE, reason: leftBehind },
      });
      const { lastError } = input;
      return state === undefined ? await endingBefore(tools, input) : { provisionState: state, lastError };
    },
  };
};

function movesOfClaim({ movesState, isHeld, verb }: ClaimInput): operations.Moves | null {
  if (!movesState) return null;
  if (!isHeld) return movesOf(verb as Verb);
  const goingOn = Object.entries(movesOf('unhold')).map(([from, to]) => [from, next(to, 'resume')]);
  return Object.fromEntries(goingOn) as operations.Moves;
}

/** Whether what is waited for has come. */
async function isHere({ db }: Tools, { nodeUuid, bootId, awaited }: WaitInput): Promise<boolean> {
  if (awaited === 'inventory') return await isInspected(db, nodeUuid);
  const session = await getAgentSession(db, nodeUuid);
  return session?.bootId === bootId && session.firstHeartbeatAt !== null;
}

async function moveNode(tools: Tools, input: CountedMove): Promise<ProvisionState> {
  const { db, hostname } = tools;
  const state = await operations.moveNode(db, { ...input, hostname, moves: movesOf(input.verb) });
  return state ?? (await stateAfter(tools, input, input.verb));
}

/** The traits of an instance are those of the node's that its flavour or image asks for (Ironic: instance_info/traits). */
async function templateStepsOf(db: Queryable, verb: Verb, { instanceInfo }: Node): Promise<Step[]> {
  const traits = instanceInfo['traits'];
  if ((verb !== 'deploy' && verb !== 'rebuild') || !Array.isArray(traits) || traits.length === 0) return [];
  const steps = await listTemplateSteps(db, traits.map(String));
  return steps.map((step) => ({ ...step, interface: step.interface as Step['interface'] }));
}

function planOf(
  tools: Tools,
  node: Node,
  { templateSteps, ended = null }: Pick<NodePlan, 'templateSteps'> & Partial<Pick<NodePlan, 'ended'>>,
): NodePlan {
  const driver = tools.drivers.hardwareType(node.driver);
  return {
    nodeUuid: node.uuid,
    name: node.name,
    site: node.conductorGroup,
    provisionState: node.provisionState,
    powerState: node.powerState,
    usesAgent: driver.usesAgent,
    inspectsItself: driver.inspect !== undefined,
    automatedClean: node.automatedClean !== false,
    biosReset: node.driverInfo['bios_reset'] !== false,
    keepsPower: node.disablePowerOff,
    keepsAgent: driver.usesAgent && isFastTrack(tools, node),
    steps: stepsOfNode(driver, node),
    templateSteps,
    stepPriorities: tools.settings.stepPriorities,
    disallowedSteps: tools.settings.disallowedSteps,
    deadlines: deadlinesOf(tools),
    softPowerTimeoutS: tools.settings.softPowerTimeoutS,
    ended,
  };
}

/** A state that a claim leads to at once, without an operation, has no target. */
function targetsOf(verb: Verb): operations.Moves {
  const target = TARGET_OF_VERB[verb];
  const moves = Object.entries(movesOf(verb)).filter(([, to]) => isTransient(to));
  return target === undefined ? {} : Object.fromEntries(moves.map(([from]) => [from, target]));
}

function deadlinesOf({ settings: { callbackTimeoutS } }: Tools): NodePlan['deadlines'] {
  const entries = Object.entries(DEADLINES).map(([state, deadline]) => [
    state,
    isWaiting(state as TransientState) ? (callbackTimeoutS ?? deadline.seconds) : deadline.seconds,
  ]);
  return Object.fromEntries(entries) as NodePlan['deadlines'];
}

/** Nothing was claimed: by this run before (then it gets its plan again), or not legally. */
async function planBefore(tools: Tools, input: ClaimInput): Promise<NodePlan> {
  const { db } = tools;
  const node = await getNodeByUuid(db, input.nodeUuid);
  if (node === undefined) throw new BareMetalError('NodeNotFound', `Node ${input.nodeUuid} could not be found.`);
  const holder = await operations.getHolder(db, input.nodeUuid);
  if (holder?.run === input.run) {
    const templateSteps = await templateStepsOf(db, input.verb as Verb, node);
    return planOf(tools, node, { templateSteps, ended: endingOf(holder) });
  }
  throw new BareMetalError(
    'InvalidStateRequested',
    `The requested action "${input.verb}" can not be performed on node "${node.name ?? node.uuid}" while it is in state "${node.provisionState}".`,
  );
}

/** How this run ended its operation before. @throws BareMetalError when it did not */
async function endingBefore({ db }: Tools, { nodeUuid, run }: OperationRef): Promise<Ending> {
  const holder = await operations.getHolder(db, nodeUuid);
  if (holder === undefined) throw deleted(nodeUuid);
  const ending = holder.run === run ? endingOf(holder) : null;
  if (ending !== null) return ending;
  throw strange(nodeUuid, holder, `run ${run} cannot end its operation there`);
}

function endingOf({ operation, provisionState, lastError }: operations.Holder): Ending | null {
  return operation === null ? { provisionState, lastError } : null;
}

/** The state of the node that this run holds. */
async function presentState({ db }: Tools, { nodeUuid, run }: OperationRef): Promise<ProvisionState> {
  const holder = await operations.getHolder(db, nodeUuid);
  if (holder === undefined) throw deleted(nodeUuid);
  if (holder.run === run && holder.operation !== null) return holder.provisionState;
  throw strange(nodeUuid, holder, `run ${run} cannot wait there`);
}

/** The state of a node whose move was done before by this run. @throws BareMetalError when it was not */
async function stateAfter({ db }: Tools, ref: OperationRef, verb: Verb): Promise<ProvisionState> {
  const holder = await operations.getHolder(db, ref.nodeUuid);
  if (holder === undefined) throw deleted(ref.nodeUuid);
  const reached = Object.values(movesOf(verb)).includes(holder.provisionState);
  if (holder.run === ref.run && reached) return holder.provisionState;
  throw strange(ref.nodeUuid, holder, `run ${ref.run} cannot do "${verb}" there`);
}

function deleted(nodeUuid: string): BareMetalError {
  return new BareMetalError('NodeNotFound', `Node ${nodeUuid} was deleted while it was worked on.`);
}

function strange(nodeUuid: string, { provisionState, run }: operations.Holder, why: string): BareMetalError {
  const message = `Node ${nodeUuid} is "${provisionState}" and held by run ${run ?? 'none'}; ${why}.`;
  return new BareMetalError('InternalError', message);
}

function refuseUnproved({ nodeUuid }: OperationRef, unproved: readonly string[]): void {
  if (unproved.length === 0) return;
  throw new BareMetalError(
    'CleaningNotProven',
    `Node ${nodeUuid} may not become available: no accepted record of this cleaning covers ${unproved.join(', ')}. Look at its erasure records, then manage and provide it again.`,
  );
}
