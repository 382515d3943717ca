import {
  ApplicationFailure,
  condition,
  proxyActivities,
  sleep,
  workflowInfo,
  type ActivityInput,
  type LocalActivityInput,
  type WorkflowInterceptorsFactory,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { PlanActivities } from '../activities/index.ts';
import type { ClaimInput, Ending, NodePlan } from '../activities/records.ts';
import type { JsonObject } from '../domain/node.ts';
import { WAITS, type Plan, type PlannedCall } from '../domain/plans.ts';
import { next, type ProvisionState, type Verb } from '../domain/provision-states.ts';
import type { Step } from '../domain/steps.ts';
import type { OperationInput } from './messages.ts';
import type { OperationResult } from './operation.ts';

/** What is known of a recipe that runs in a plan. */
interface Planning {
  readonly calls: PlannedCall[];
  readonly assumptions: Set<string>;
  /** The steps that the request lists. */
  asked: readonly Step[];
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
    asked: [],
    claim: undefined,
    state: undefined,
    stop: () => {},
  };
  return {
    inbound: [
      {
        async execute(input, run) {
          planning.asked = (input.args[0] as OperationInput).args.steps ?? [];
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

async function tell({ claim, calls, state, assumptions }: Planning): Promise<Plan> {
  if (claim === undefined || state === undefined) throw ApplicationFailure.nonRetryable('Nothing was claimed.');
  const told = { ends: state, assumptions: [...assumptions] };
  return { ...(await rehearse({ nodeUuid: claim.nodeUuid, claim, calls })), ...told };
}

function answering(planning: Planning): WorkflowOutboundCallsInterceptor {
  return {
    // The deadline of a state lies beyond the end of a plan; pauses are not waited for.
    startTimer: (input, start) => (isDeadline(input.options?.summary) ? start(input) : Promise.resolve()),
    scheduleActivity(input, schedule) {
      return input.activityType === 'rehearse' ? schedule(input) : Promise.resolve(answerDevice(planning, input));
    },
    async scheduleLocalActivity(input, schedule) {
      if (input.activityType === 'claimNode') return await planClaim(planning, input, schedule);
      return answerRecord(planning, input);
    },
  };
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

function answerDevice({ calls, assumptions, asked }: Planning, { activityType, args }: ActivityInput): unknown {
  const input = (args[0] ?? {}) as JsonObject;
  calls.push({ activity: activityType, input });
  if (activityType !== 'listAgentSteps') return undefined;
  assumptions.add(
    'The agent offers its usual steps, and those that were asked for; which they are is known when it runs.',
  );
  return [...(USUAL_STEPS[String(input['kind'])] ?? []), ...asked];
}

/** How the records of a node are answered: by the state machine, and nothing is written. */
const ANSWERS: Readonly<Record<string, (planning: Planning, input: JsonObject) => unknown>> = {
  moveNode(planning, { verb }) {
    const state = move(planning, verb);
    return verb === 'hold' ? stopHere(planning) : state;
  },
  releaseInstance: (planning) => move(planning, 'clean'),
  beginWait(planning, { verb }) {
    planning.assumptions.add('The agent calls back in time.');
    return { state: move(planning, verb), calledBack: true };
  },
  listenForAgent: (planning, { awaited }) => (awaited === true ? stopHere(planning) : undefined),
  endWait: (planning, { verb }) => move(planning, verb),
  finishNode: (planning, { ending }) => end(planning, ending, null),
  failNode: (planning, { ending, lastError }) => end(planning, ending, String(lastError)),
};

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
