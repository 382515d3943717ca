import {
  ApplicationFailure,
  condition,
  proxyActivities,
  sleep,
  workflowInfo,
  type ActivityInput,
  type LocalActivityInput,
  type StartChildWorkflowExecutionInput,
  type WorkflowInterceptorsFactory,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { PlanActivities } from '../activities/index.ts';
import type { ClaimInput, Ending, NodePlan } from '../activities/records.ts';
import type { JsonObject } from '../domain/node.ts';
import { planWorkflowId } from '../domain/ids.ts';
import { WAITS, type Plan, type PlannedAction, type PlannedCall } from '../domain/plans.ts';
import { next, type ProvisionState, type Verb } from '../domain/provision-states.ts';
import type { RunningStep, Step } from '../domain/steps.ts';
import type { OperationArgs, OperationInput } from './messages.ts';
import type { OperationResult } from './operation.ts';

/** What is known of a recipe that runs in a plan. */
interface Planning {
  readonly calls: PlannedCall[];
  readonly assumptions: Set<string>;
  /** What would be asked of children, each list in the place of its `stepNode` among the calls. */
  readonly ofChildren: PlannedAction[][];
  /** What the request asks for. */
  args: OperationArgs;
  claim: ClaimInput | undefined;
  state: ProvisionState | undefined;
  /** Ends the plan where the recipe waits for somebody. */
  stop: () => void;
}

/** Calls of the plan itself: they read. */
const { rehearse } = proxyActivities<PlanActivities>({
  startToCloseTimeout: '45 seconds',
  retry: { maximumAttempts: 2 },
});

/**
 * Bundled with all workflows, and active in plans only: there every call is answered here as if all went well, none
 * is made, and those that would handle devices are noted.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  if (workflowInfo().workflowType !== 'planNode') return {};
  const planning: Planning = {
    calls: [],
    assumptions: new Set(),
    ofChildren: [],
    args: {},
    claim: undefined,
    state: undefined,
    stop: () => {},
  };
  return {
    inbound: [
      {
        async execute(input, run) {
          planning.args = (input.args[0] as OperationInput).args;
          const result = await Promise.race([run(input) as Promise<OperationResult>, standstill(planning)]);
          return result?.outcome === 'refused' ? result : await tell(planning);
        },
      },
    ],
    outbound: [answering(planning)],
  };
};

/** A recipe that waits for somebody (hold), or for the agent's next call (wait), goes no further in a plan. */
async function standstill(planning: Planning): Promise<undefined> {
  // Time counts from the claim: until then nothing has been planned, and a worker may have died.
  await condition(() => planning.state !== undefined);
  const stopped = new Promise<void>((resolve) => (planning.stop = resolve));
  await Promise.race([stopped, sleep(STANDSTILL, { summary: 'deadline of the plan' })]);
  planning.assumptions.add(WAITS);
}

const STANDSTILL = '10 seconds';
const NEVER = new Promise<never>(() => {});

async function tell({ claim, calls, state, assumptions, ofChildren }: Planning): Promise<Plan> {
  if (claim === undefined || state === undefined) throw ApplicationFailure.nonRetryable('Nothing was claimed.');
  const { present, actions } = await rehearse({ nodeUuid: claim.nodeUuid, claim, calls });
  const lists = ofChildren.values();
  const all = actions.flatMap((action) => (action.call === CHILD ? (lists.next().value ?? []) : [action]));
  return { present, actions: all, ends: state, assumptions: [...assumptions] };
}

/** The workflow that a recipe starts on a child of its node. */
const CHILD = 'stepNode';

function answering(planning: Planning): WorkflowOutboundCallsInterceptor {
  return {
    // The deadline of a state lies beyond the end of a plan; pauses are not waited for.
    startTimer: (input, start) => (isDeadline(input.options?.summary) ? start(input) : Promise.resolve()),
    startChildWorkflowExecution: (input, start) => planChild(planning, input, start),
    // A child's plan waits for nobody.
    signalWorkflow: () => Promise.resolve(),
    scheduleActivity(input, schedule) {
      return input.activityType === 'rehearse' ? schedule(input) : Promise.resolve(answerDevice(planning, input));
    },
    async scheduleLocalActivity(input, schedule) {
      if (input.activityType === 'claimNode') return await planClaim(planning, input, schedule);
      if (READING.has(input.activityType)) return await schedule(input);
      return answerRecord(planning, input);
    },
  };
}

/** Records that are only read: a plan may ask for them. */
const READING: ReadonlySet<string> = new Set(['findChildren']);

type StartChild = (input: StartChildWorkflowExecutionInput) => Promise<[Promise<string>, Promise<unknown>]>;

/** What a recipe would do on a child is told by a plan of the child's own. */
async function planChild(
  { calls, ofChildren, assumptions }: Planning,
  { options, ...input }: StartChildWorkflowExecutionInput,
  start: StartChild,
): ReturnType<StartChild> {
  const operation = options.args[0] as OperationInput;
  const { nodeUuid, request, args } = operation;
  const asChild = { ...args.asChild, waits: false };
  const actions: PlannedAction[] = [];
  ofChildren.push(actions);
  calls.push({ activity: CHILD, input: { nodeUuid } });
  assumptions.add('Each step on a child is told by itself, from what the child is like now.');
  const { typedSearchAttributes: _, ...kept } = options;
  const workflowId = planWorkflowId(nodeUuid, request.requestId);
  const ownPlan = { ...kept, workflowId, args: [{ ...operation, args: { ...args, asChild } }] };
  const [started, result] = await start({ ...input, workflowType: 'planNode', options: ownPlan });
  const told = result.then((plan) => {
    // A claim that would be refused: the recipe says so.
    if ('outcome' in (plan as object)) return plan;
    const child = plan as Plan;
    actions.push(...child.actions.map((action) => ({ ...action, node: nodeUuid })));
    child.assumptions.forEach((assumption) => assumptions.add(assumption));
    return { outcome: 'done' };
  });
  return [started, told];
}

function isDeadline(summary: string | undefined): boolean {
  return summary?.startsWith('deadline of ') ?? false;
}

/** A claim in a plan claims nothing, and says whether it could. */
async function planClaim(
  planning: Planning,
  input: LocalActivityInput,
  schedule: (input: LocalActivityInput) => Promise<unknown>,
): Promise<unknown> {
  planning.claim = input.args[0] as ClaimInput;
  const plan = (await schedule({ ...input, activityType: 'planClaim' })) as NodePlan;
  planning.state = plan.provisionState;
  return plan;
}

/** What an agent offers is known only once it runs: what ironic-python-agent has with Anneal's plugin. */
const USUAL_STEPS: Readonly<Record<string, readonly Step[]>> = {
  clean: [
    { interface: 'deploy', step: 'erase_devices', priority: 10, abortable: true },
    { interface: 'deploy', step: 'verify_erasure', priority: 0, abortable: true },
  ],
};

function answerDevice(
  { calls, assumptions, args: { steps = [] } }: Planning,
  { activityType, args }: ActivityInput,
): unknown {
  const input = (args[0] ?? {}) as JsonObject;
  calls.push({ activity: activityType, input });
  if (activityType !== 'listAgentSteps') return undefined;
  assumptions.add(
    'The agent offers its usual steps, and those that were asked for; which they are is known when it runs.',
  );
  return [...(USUAL_STEPS[String(input['kind'])] ?? []), ...steps];
}

/** How the records of a node are answered: by the state machine, and nothing is written. */
const ANSWERS: Readonly<Record<string, (planning: Planning, input: JsonObject) => unknown>> = {
  moveNode(planning, { verb }) {
    const state = move(planning, verb);
    return verb === 'hold' ? stopHere(planning) : state;
  },
  releaseInstance: (planning) => move(planning, 'clean'),
  showStep(planning, { step }) {
    // What has been called up to the step at which the operation is held, was called when it came there.
    if (planning.args.heldAt !== undefined && (step as RunningStep).index === planning.args.heldAt) forget(planning);
  },
  beginWait(planning, { verb }) {
    planning.assumptions.add('The agent calls back in time.');
    return { state: move(planning, verb), calledBack: true };
  },
  listenForAgent: (planning, { awaited }) => (awaited === true ? stopHere(planning) : undefined),
  endWait: (planning, { verb }) => move(planning, verb),
  finishNode: (planning, { ending }) => end(planning, ending, null),
  failNode: (planning, { ending, lastError }) => end(planning, ending, String(lastError)),
};

function forget({ calls, assumptions }: Planning): void {
  calls.length = 0;
  assumptions.clear();
}

function stopHere(planning: Planning): Promise<never> {
  planning.stop();
  return NEVER;
}

function answerRecord(planning: Planning, { activityType, args }: LocalActivityInput): unknown {
  return ANSWERS[activityType]?.(planning, (args[0] ?? {}) as JsonObject);
}

function move(planning: Planning, verb: unknown): ProvisionState | undefined {
  const { state } = planning;
  planning.state = (state && next(state, verb as Verb)) ?? state;
  return planning.state;
}

function end(planning: Planning, ending: unknown, lastError: string | null): Ending {
  return { provisionState: move(planning, ending) as ProvisionState, lastError };
}
