import {
  ChildWorkflowCancellationType,
  condition,
  ParentClosePolicy,
  setCurrentDetails,
  sleep,
  startChild,
  TemporalFailure,
  uuid4,
  CancellationScope,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { failsTooOften, rackLimit, type FleetNode, type FleetTally } from '../domain/fleet.ts';
import { nodeWorkflowId, siteName } from '../domain/ids.ts';
import { cleanNode } from './clean-node.ts';
import { SEARCH_ATTRIBUTES, type CleanFleetInput, type OperationInput } from './messages.ts';
import { sweeping } from './proxies.ts';

/** How the cleaning of a fleet went, and why it ended early if it did. */
export interface CleanFleetResult extends FleetTally {
  readonly selected: number;
  readonly left: number;
  readonly stopped: 'window closed' | 'too many failures' | null;
}

/** What is going on in a fleet. */
interface Round {
  waiting: readonly FleetNode[];
  readonly running: Map<string, number>;
  readonly tally: { cleaned: number; failed: number; skipped: number };
  open: boolean;
}

/**
 * Cleans the available nodes that a schedule selects: a share of each rack at once, within a window of time,
 * until too many fail. The cleanings themselves outlive this workflow.
 */
export async function cleanFleet(input: CleanFleetInput): Promise<CleanFleetResult> {
  const { nodes, rackSizes } = await sweeping.findFleet(input);
  const round: Round = {
    waiting: [...nodes],
    running: new Map(),
    tally: { cleaned: 0, failed: 0, skipped: 0 },
    open: true,
  };
  const window = closeWhenOver(round, input.windowMinutes);
  while (mayGoOn(round, input)) {
    for (const node of takeNext(round, input, rackSizes)) cleanOne(round, input, node);
    show(round, nodes.length);
    const before = ended(round);
    await condition(() => ended(round) > before || !mayGoOn(round, input));
  }
  window.cancel();
  show(round, nodes.length);
  await condition(() => round.running.size === 0);
  show(round, nodes.length);
  return { ...round.tally, selected: nodes.length, left: round.waiting.length, stopped: whyStopped(round, input) };
}

function closeWhenOver(round: Round, minutes: number): CancellationScope {
  const window = new CancellationScope();
  const over = async () => {
    await sleep(minutes * 60_000, { summary: 'the window closes' });
    round.open = false;
  };
  window.run(over).catch(() => {});
  return window;
}

function mayGoOn(round: Round, input: CleanFleetInput): boolean {
  return round.open && round.waiting.length > 0 && !failsTooOften(round.tally, input);
}

/** The nodes whose racks have room. */
function takeNext(round: Round, input: CleanFleetInput, rackSizes: Readonly<Record<string, number>>): FleetNode[] {
  const next: FleetNode[] = [];
  for (const node of round.waiting) {
    const busy = round.running.get(node.rack) ?? 0;
    if (busy >= rackLimit(rackSizes[node.rack] ?? 1, input)) continue;
    round.running.set(node.rack, busy + 1);
    next.push(node);
  }
  round.waiting = round.waiting.filter((node) => !next.includes(node));
  return next;
}

/** Starts one cleaning and counts how it ends. */
function cleanOne(round: Round, input: CleanFleetInput, node: FleetNode): void {
  const count = (outcome: keyof FleetTally) => {
    round.tally[outcome] += 1;
    const left = (round.running.get(node.rack) ?? 1) - 1;
    if (left > 0) round.running.set(node.rack, left);
    else round.running.delete(node.rack);
  };
  void reclean(input, node).then(count);
}

async function reclean({ name, site }: CleanFleetInput, node: FleetNode): Promise<keyof FleetTally> {
  const request = { requestId: `schedule-${uuid4()}`, username: `schedule ${name}` };
  const operation: OperationInput = { nodeUuid: node.uuid, request, verb: 'reclean', args: {} };
  try {
    const child = await startChild(cleanNode, {
      workflowId: nodeWorkflowId(node.uuid),
      args: [operation],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: `cleanNode ${node.name ?? node.uuid} (schedule ${name})`,
      memo: { nodeName: node.name, requestId: request.requestId },
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.node, value: node.uuid },
        { key: SEARCH_ATTRIBUTES.operation, value: 'cleanNode' },
        { key: SEARCH_ATTRIBUTES.site, value: siteName(site) },
      ],
    });
    return (await child.result()).outcome === 'done' ? 'cleaned' : 'skipped';
  } catch (error) {
    // Somebody else's operation runs on it.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'skipped';
    if (error instanceof TemporalFailure) return 'failed';
    throw error;
  }
}

function ended({ tally }: Round): number {
  return tally.cleaned + tally.failed + tally.skipped;
}

function whyStopped(round: Round, input: CleanFleetInput): CleanFleetResult['stopped'] {
  if (failsTooOften(round.tally, input)) return 'too many failures';
  return round.waiting.length > 0 ? 'window closed' : null;
}

function show({ tally, waiting, running, open }: Round, selected: number): void {
  const busy = [...running.values()].reduce((sum, count) => sum + count, 0);
  const { cleaned, failed, skipped } = tally;
  const lines = [
    `${selected} ${selected === 1 ? 'node' : 'nodes'} selected${open ? '' : '; the window is closed'}`,
    '',
  ];
  const figures = { 'being cleaned': busy, waiting: waiting.length, cleaned, failed, skipped };
  setCurrentDetails([...lines, ...Object.entries(figures).map(([what, count]) => `- ${what}: ${count}`)].join('\n'));
}
