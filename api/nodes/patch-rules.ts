import { isAllocated } from '../../db/allocations.ts';
import type { NodeSettings } from '../../db/nodes.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { INTERFACE_KINDS, type Node } from '../../domain/node.ts';
import type { ProvisionState } from '../../domain/provision-states.ts';

/** A node in these is being readied: what it is plugged into may still change. */
export const BEING_READIED: readonly ProvisionState[] = ['enroll', 'inspecting', 'inspect wait', 'manageable'];

const BEFORE_USE: readonly ProvisionState[] = [...BEING_READIED, 'available'];

/** What a change of a node must not do in the node's present state (ironic/conductor/manager.py, update_node). */
type Rule = (node: Node, wanted: NodeSettings) => BareMetalError | undefined;

const RULES: readonly Rule[] = [
  function protectsInUse(node, wanted) {
    if (wanted.protected === node.protected || !wanted.protected) return undefined;
    if (node.provisionState === 'active' || node.provisionState === 'rescue') return undefined;
    return invalidState(node, 'only be made protected', ['active', 'rescue']);
  },
  function retiresOutOfThePool(node, wanted) {
    if (wanted.retired === node.retired || !wanted.retired || node.provisionState !== 'available') return undefined;
    return new BareMetalError(
      'InvalidState',
      `Node ${node.uuid} can not be retired while it is available; manage it first.`,
    );
  },
  function keepsInterfacesInUse(node, wanted) {
    const changed = INTERFACE_KINDS.filter((kind) => wanted.interfaces[kind] !== node.interfaces[kind]);
    if (changed.length === 0 || node.maintenance || BEFORE_USE.includes(node.provisionState)) return undefined;
    const fields = changed.map((kind) => `${kind}_interface`).join(', ');
    return invalidState(node, `only have ${fields} updated in maintenance, or`, BEFORE_USE);
  },
  function keepsItsClassInUse(node, wanted) {
    if (wanted.resourceClass === node.resourceClass || node.resourceClass === null) return undefined;
    return BEFORE_USE.includes(node.provisionState)
      ? undefined
      : invalidState(node, 'only have resource_class updated', BEFORE_USE);
  },
  function keepsItsInstance(node, wanted) {
    if (wanted.instanceUuid === null || node.instanceUuid === null || wanted.instanceUuid === node.instanceUuid) {
      return undefined;
    }
    return new BareMetalError('NodeAssociated', `Node ${node.uuid} is associated with instance ${node.instanceUuid}.`);
  },
  function saysWhyProtected(node, wanted) {
    if (wanted.protected || wanted.protectedReason === null || wanted.protectedReason === node.protectedReason) {
      return undefined;
    }
    return new BareMetalError(
      'InvalidParameterValue',
      'The protected_reason field can only be set when protected is True',
    );
  },
  function saysWhyRetired(node, wanted) {
    if (wanted.retired || wanted.retiredReason === null || wanted.retiredReason === node.retiredReason)
      return undefined;
    return new BareMetalError('InvalidParameterValue', 'The retired_reason field can only be set when retired is True');
  },
];

function invalidState(node: Node, may: string, states: readonly ProvisionState[]): BareMetalError {
  return new BareMetalError(
    'InvalidState',
    `Node ${node.uuid} can ${may} in the states ${states.join(', ')}; it is "${node.provisionState}".`,
  );
}

/**
 * Refuses a change that the node's state doesn't allow.
 * @throws BareMetalError `InvalidState`, `NodeAssociated`, `InvalidParameterValue`
 */
export function refuseForbiddenChange(node: Node, wanted: NodeSettings): void {
  for (const rule of RULES) {
    const refusal = rule(node, wanted);
    if (refusal !== undefined) throw refusal;
  }
}

/**
 * Refuses to take its instance from a node that an allocation gave it to and that is in use: the allocation would end.
 * @throws BareMetalError `InvalidState`
 */
export async function refuseEndOfAllocation(db: Queryable, node: Node, wanted: NodeSettings): Promise<void> {
  if (wanted.instanceUuid !== null || node.instanceUuid === null) return;
  if (node.maintenance || BEFORE_USE.includes(node.provisionState) || !(await isAllocated(db, node.uuid))) return;
  const allowed = BEFORE_USE.join(', ');
  throw new BareMetalError(
    'InvalidState',
    `Node ${node.uuid} with an allocation can not have instance_uuid removed unless it is in one of allowed (${allowed}) ` +
      `states or in maintenance mode. Current state is '${node.provisionState}'.`,
  );
}
