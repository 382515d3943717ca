/**
 * What keeps a node from an allocation, in the order in which a reader wants to know: first what is asked of the
 * node, then the state it's in. The names are those of `allocation_obstacles` (migration 0023).
 */
const SENTENCES = {
  resource_class: (count) => `${count} ${have(count)} another resource class`,
  candidate_nodes: (count) => `${count} ${are(count)} not among the candidate nodes`,
  owner: (count) => `${count} ${are(count)} neither owned nor leased by the owner`,
  traits: (count) => `${count} ${count === 1 ? 'lacks' : 'lack'} requested traits`,
  provision_state: (count) => `${count} ${are(count)} not available`,
  instance_uuid: (count) => `${count} ${count === 1 ? 'belongs' : 'belong'} to an instance`,
  maintenance: (count) => `${count} ${are(count)} in maintenance`,
  retired: (count) => `${count} ${are(count)} retired`,
  power_state: (count) => `${count} ${have(count)} no known power state`,
  reservation: (count) => `${count} ${are(count)} held by an operation`,
} as const satisfies Record<string, (count: number) => string>;

const are = (count: number): string => (count === 1 ? 'is' : 'are');
const have = (count: number): string => (count === 1 ? 'has' : 'have');

/** On how many of all nodes each condition of an allocation failed. */
export interface AllocationRefusal {
  readonly nodes: number;
  /** How many nodes would fit but for their traits. */
  readonly lackingOnlyTraits: number;
  readonly obstacles: Readonly<Record<string, number>>;
}

/** What was asked for, as far as it explains a refusal. */
export interface AllocationWish {
  readonly uuid: string;
  readonly resourceClass: string | null;
  readonly traits: readonly string[];
  readonly candidateNodes: readonly string[];
}

/** Why no node was found: Ironic's sentence, then which condition failed on how many nodes. */
export function refusalText(wish: AllocationWish, refusal: AllocationRefusal): string {
  const counts = Object.entries(SENTENCES).flatMap(([name, sentence]) => {
    const count = refusal.obstacles[name] ?? 0;
    return count === 0 ? [] : [sentence(count)];
  });
  const details = counts.length === 0 ? 'There are no nodes.' : `Of ${refusal.nodes} nodes ${counts.join(', ')}.`;
  return `Failed to process allocation ${wish.uuid}: ${ironicReason(wish, refusal)}. ${details}`;
}

function ironicReason({ resourceClass, traits, candidateNodes }: AllocationWish, refusal: AllocationRefusal): string {
  if (refusal.lackingOnlyTraits > 0) return `no suitable nodes have the requested traits ${traits.join(', ')}`;
  return candidateNodes.length > 0
    ? `none of the requested nodes are available and match the resource class ${resourceClass ?? 'None'}`
    : `no available nodes match the resource class ${resourceClass ?? 'None'}`;
}
