import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  TemporalFailure,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Child } from '../activities/children.ts';
import { nodeWorkflowId, siteName, taskQueueOf } from '../domain/ids.ts';
import { stepKey } from '../domain/steps.ts';
import { codeOf, sentenceOf } from './failures.ts';
import { BEGIN_SIGNAL, SEARCH_ATTRIBUTES, type OperationInput } from './messages.ts';
import type { OperationResult } from './operation.ts';
import { records } from './proxies.ts';
import type { StepRun } from './step-run.ts';
import { stepNode } from './step-node.ts';

/** A child whose lock this operation has. */
interface Held {
  readonly child: Child;
  readonly handle: ChildWorkflowHandle<typeof stepNode>;
  /** Settled when the child's lock is free again; read twice, so never rejected unheard. */
  readonly result: Promise<OperationResult>;
}

/**
 * Runs a step on the children of a node, one after the other (Ironic: execute_step_on_child_nodes). All are held before
 * the first is touched, so that a child that can't be had hinders the step before anything was done; each
 * child's own workflow is its lock.
 */
export async function runOnChildren(run: StepRun): Promise<void> {
  const { operation, step, kind } = run;
  const { nodeUuid } = operation.plan;
  const children = await records.findChildren({ nodeUuid, kind, step });
  const all: Held[] = [];
  const scope = new CancellationScope();
  try {
    await scope.run(async () => {
      for (const child of children) {
        heedAbort();
        all.push(await hold(run, child, children.length > 1));
      }
      for (const held of all) {
        operation.progress.now(`step ${stepKey(step)} on child node ${held.child.name}`);
        await begin(held, children.length > 1);
      }
    });
  } finally {
    // Those that were not begun are let go; the one that was broken off has ended before anything is put back.
    scope.cancel();
    await Promise.allSettled(all.map(({ result }) => result));
  }
}

/** Taking a lock does not heed an abort by itself. */
function heedAbort(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The children are no longer needed.');
}

/** Takes the child's lock. @throws ApplicationFailure `ChildNodeLocked` */
async function hold(run: StepRun, child: Child, waits: boolean): Promise<Held> {
  for (let tries = 1; ; tries += 1) {
    try {
      // A workflow that Temporal has not started yet can't be cancelled: the request would be lost, and the child
      // be waited for for ever. So an abort reaches it when it has started.
      const lock = new CancellationScope({ cancellable: true, parent: new CancellationScope({ cancellable: false }) });
      const handle = await lock.run(() => startChild(stepNode, optionsOf(run, child, waits)));
      CancellationScope.current().cancelRequested.catch(() => lock.cancel());
      const result = handle.result();
      result.catch(() => {});
      return { child, handle, result };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (tries === TRIES) throw locked(child);
      await sleep(PAUSE, { summary: `waiting for the lock of ${child.name}` });
    }
  }
}

/** The workflow of an operation that has ended is closed by Temporal some milliseconds after the node's row says so. */
const TRIES = 3;
const PAUSE = '1 second';

function locked({ name }: Child): ApplicationFailure {
  const message = `Child node ${name} is locked by another operation, which has just begun; nothing was done on any child.`;
  return ApplicationFailure.nonRetryable(message, 'ChildNodeLocked');
}

function optionsOf({ operation, step, kind }: StepRun, child: Child, waits: boolean) {
  const { plan, input } = operation;
  const { nodeUuid, name, site } = child;
  const { request } = input;
  const args = { steps: [step], asChild: { parentUuid: plan.nodeUuid, kind, waits } };
  const childInput: OperationInput = { nodeUuid, request, verb: 'child-step', args };
  return {
    workflowId: nodeWorkflowId(nodeUuid),
    taskQueue: site === plan.site ? workflowInfo().taskQueue : taskQueueOf(site),
    args: [childInput] as [OperationInput],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    staticSummary: `stepNode ${name} (${stepKey(step)} of ${plan.name ?? plan.nodeUuid})`,
    memo: { nodeName: name, requestId: request.requestId },
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.node, value: nodeUuid },
      { key: SEARCH_ATTRIBUTES.operation, value: 'stepNode' },
      { key: SEARCH_ATTRIBUTES.site, value: siteName(site) },
    ],
  };
}

/** Lets a child begin, and waits for its end. @throws ApplicationFailure that names the child, when it did not end well */
async function begin({ child, handle, result }: Held, waits: boolean): Promise<void> {
  try {
    if (waits) await signalBegin(handle);
    const { outcome, reason = '' } = await result;
    if (outcome === 'refused') throw ApplicationFailure.nonRetryable(reason, 'InvalidStateRequested');
  } catch (error) {
    if (!(error instanceof TemporalFailure) || CancellationScope.current().consideredCancelled) throw error;
    throw ApplicationFailure.nonRetryable(`Child node ${child.name}: ${sentenceOf(error)}`, codeOf(error));
  }
}

/** One that has ended before can't hear it; its result tells why. */
async function signalBegin(handle: Held['handle']): Promise<void> {
  try {
    await handle.signal(BEGIN_SIGNAL);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
  }
}
