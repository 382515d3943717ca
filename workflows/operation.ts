import {
  allHandlersFinished,
  ApplicationFailure,
  CancelledFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { BootAgentInput } from '../activities/boot.ts';
import type { ClaimInput, Ending, FinishInput, NodePlan, OperationRef, WaitInput } from '../activities/records.ts';
import { abortedMessage, tellsOfAbort } from '../domain/aborted.ts';
import type { PowerState, PowerTarget } from '../domain/node.ts';
import { DEADLINES } from '../domain/deadlines.ts';
import { isTransient, isWaiting, movesOf, next, type ProvisionState, type Verb } from '../domain/provision-states.ts';
import { listenToAgent, type AgentInbox } from './agent-inbox.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { listenToUnhold, type Hold } from './hold.ts';
import { codeOf, innermost, sentenceOf } from './failures.ts';
import { CLAIM_UPDATE, INPUT_QUERY, type Claimed, type OperationInput } from './messages.ts';
import { createProgress, type Progress } from './progress.ts';
import { records } from './proxies.ts';
import { createUndoList, toldAfter, type UndoList } from './undo.ts';

/** One boot of the agent. */
export interface AgentBoot {
  readonly count: number;
  readonly bootId: string;
  readonly start: AgentStart;
}

/** How the agent is booted, and what is waited for. */
export interface AgentStart extends Pick<BootAgentInput, 'purpose' | 'resetBios'> {
  readonly awaited: WaitInput['awaited'];
}

/** A claimed operation on one node, as recipes hold it. */
export interface Operation {
  readonly input: OperationInput;
  readonly plan: NodePlan;
  readonly ref: OperationRef;
  readonly agent: AgentInbox;
  readonly undo: UndoList;
  readonly progress: Progress;
  readonly deadline: Deadline;
  readonly hold: Hold;
  /** How often the state was moved by hand, each time once (`move`). */
  moves: number;
  provisionState: ProvisionState;
  /** The last boot of the agent, and the how-manieth it is. */
  boot: AgentBoot | undefined;
  /** Set once the node's row says that all is over. */
  ended: Ending | undefined;
}

/** How an operation ended. */
export interface OperationResult {
  readonly outcome: 'done' | 'refused';
  readonly provisionState?: ProvisionState;
  readonly reason?: string;
}

const claimUpdate = defineUpdate<Claimed>(CLAIM_UPDATE);
const inputQuery = defineQuery<OperationInput>(INPUT_QUERY);

/**
 * Claims the node, runs the recipe and sees to a named end state whatever happens. A refused claim ends
 * quietly; a failure or an abort undoes what was noted and leaves its cause in the node.
 */
export async function runOperation(
  input: OperationInput,
  recipe: (operation: Operation) => Promise<void>,
): Promise<OperationResult> {
  const claim = CancellationScope.nonCancellable(() => records.claimNode(claimOf(input)));
  setHandler(claimUpdate, () => answerClaim(claim));
  setHandler(inputQuery, () => input);
  const inbox = { agent: listenToAgent(), hold: listenToUnhold() };
  const result = await claim.then(
    (plan) => (plan.ended === null ? runClaimed(input, plan, inbox, recipe) : conclude(plan.ended)),
    (error: unknown) => refused(error),
  );
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return result;
}

function claimOf(input: OperationInput): ClaimInput {
  const { runId: run, workflowType: operation } = workflowInfo();
  const { nodeUuid, verb, request, args } = input;
  const isHeld = args.heldAt !== undefined;
  return {
    nodeUuid,
    run,
    verb,
    movesState: movesState(input),
    ...(isHeld && { isHeld }),
    operation,
    targetPower: targetPowerOf(args.power?.target),
    ...request,
  };
}

/** Whether the operation goes along the state machine, or leaves the provision state alone. */
function movesState({ verb }: OperationInput): boolean {
  return Object.keys(movesOf(verb as Verb)).length > 0;
}

function targetPowerOf(target: PowerTarget | undefined): PowerState | null {
  if (target === undefined) return null;
  return target.endsWith('off') ? 'power off' : 'power on';
}

async function answerClaim(claim: Promise<NodePlan>): Promise<Claimed> {
  try {
    const { provisionState } = await claim;
    return { operation: workflowInfo().workflowType, provisionState };
  } catch (error) {
    throw error instanceof TemporalFailure ? innermost(error) : error;
  }
}

function refused(error: unknown): OperationResult {
  if (!(error instanceof TemporalFailure)) throw error;
  return { outcome: 'refused', reason: sentenceOf(error) };
}

/** What listens to the world from the first moment on. */
type Inbox = Pick<Operation, 'agent' | 'hold'>;

async function runClaimed(
  input: OperationInput,
  plan: NodePlan,
  inbox: Inbox,
  recipe: (operation: Operation) => Promise<void>,
): Promise<OperationResult> {
  const body = new CancellationScope();
  const operation = begin(input, plan, inbox, body);
  try {
    await body.run(async () => {
      watch(operation);
      await recipe(operation);
    });
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return await CancellationScope.nonCancellable(() => giveUp(operation, error));
  } finally {
    operation.deadline.stop();
  }
  const { ended, provisionState } = operation;
  return ended === undefined ? { outcome: 'done', provisionState } : conclude(ended);
}

/**
 * What the workflow itself ends with. The node's row decides: an event that arrives while the last workflow task
 * ends makes Temporal run that task once more, and the recipe may then come another way to an end that is
 * written already.
 */
function conclude({ provisionState, lastError }: Ending, code = 'InternalError'): OperationResult {
  if (lastError === null) return { outcome: 'done', provisionState };
  throw tellsOfAbort(lastError) ? new CancelledFailure(lastError) : ApplicationFailure.nonRetryable(lastError, code);
}

function begin(input: OperationInput, plan: NodePlan, inbox: Inbox, body: CancellationScope): Operation {
  const { runId: run } = workflowInfo();
  const { nodeUuid, provisionState } = plan;
  const undo = createUndoList();
  const progress = createProgress(plan);
  return {
    input,
    plan,
    ref: { nodeUuid, run },
    ...inbox,
    undo,
    progress,
    deadline: createDeadline(body),
    moves: 0,
    provisionState,
    boot: undefined,
    ended: undefined,
  };
}

/** The boot of the agent that this operation made. @throws ApplicationFailure when it made none */
export function bootOf({ boot }: Operation): AgentBoot {
  if (boot !== undefined) return boot;
  throw ApplicationFailure.nonRetryable('The operation has booted no agent.', 'InternalError');
}

/** Starts the clock of the present state and shows it. */
function watch(operation: Operation): void {
  const { provisionState: state, plan, deadline, progress } = operation;
  progress.state(state);
  if (isTransient(state)) deadline.restart(state, plan.deadlines[state]);
  else deadline.stop();
}

/** Notes that the node is in `state` now. */
export function arrive(operation: Operation, state: ProvisionState): void {
  operation.provisionState = state;
  watch(operation);
}

/** Writes to the node's records: never cancelled half-way, since the state must be known afterwards. */
export function write<T>(work: () => Promise<T>): Promise<T> {
  return CancellationScope.nonCancellable(work);
}

/** Moves the node along the state machine, once: a call that comes again, late, finds its number used up. */
export async function move(operation: Operation, verb: Verb): Promise<void> {
  operation.moves += 1;
  const { ref, moves: count } = operation;
  arrive(operation, await write(() => records.moveNode({ ...ref, verb, count })));
}

/** Ends the operation well; `ending` is the verb that ends it, null where the provision state stays. */
export async function finish(
  operation: Operation,
  ending: Verb | null,
  event: string,
  gate?: FinishInput['gate'],
): Promise<void> {
  const { ref, input } = operation;
  const ended = { ...ref, verb: input.verb, ending, event, ...(gate && { gate }) };
  operation.ended = await write(() => records.finishNode(ended));
  arrive(operation, operation.ended.provisionState);
  operation.progress.ended(operation.ended.lastError ?? event);
}

/** Puts things back, leaves the cause in the node, and ends as {@link conclude} says. */
async function giveUp(operation: Operation, error: TemporalFailure): Promise<OperationResult> {
  const { ref, input, undo, progress, deadline, provisionState: state } = operation;
  const { code, message, aborted } = causeOf(operation, error);
  deadline.stop();
  progress.now(`putting things back after: ${message}`);
  const problems = await undo.unwind();
  const leftBehind = problems.length > 0 ? problems.join(' ') : null;
  const lastError = [message, ...problems.map((problem) => toldAfter(message, problem))].join(' ');
  const verb = aborted ? 'abort' : 'fail';
  const ending = movesState(input) && next(state, verb) !== undefined ? verb : null;
  const ended = await records.failNode({ ...ref, verb: input.verb, ending, lastError, leftBehind });
  progress.state(ended.provisionState);
  progress.ended(ended.lastError ?? 'All had ended well before.');
  return conclude(ended, aborted ? undefined : code);
}

/** Why the operation ended badly: a state that lasted too long, an abort, or what an activity said. */
function causeOf(operation: Operation, error: TemporalFailure): { code: string; message: string; aborted: boolean } {
  const { provisionState: state, plan, deadline, progress } = operation;
  if (!isCancellation(error)) return { code: codeOf(error), message: sentenceOf(error), aborted: false };
  const { expired } = deadline;
  if (expired === undefined) {
    return { code: 'Aborted', message: abortedMessage(state, progress.doing()), aborted: true };
  }
  const message = `Node was "${expired}" for more than ${plan.deadlines[expired]} s: ${DEADLINES[expired].cause} (${progress.doing()}).`;
  return { code: isWaiting(expired) ? 'AgentTimeout' : 'DeadlineExceeded', message, aborted: false };
}
