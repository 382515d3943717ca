import { getRunbook, type Runbook, type RunbookStep } from '../../db/runbooks.ts';
import { listTraits } from '../../db/traits.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { denied } from '../policy/guard.ts';
import { notFound } from '../resource/read.ts';
import type { RequestContext } from '../route.ts';
import { runbooks, TRAITS_SINCE } from '../runbooks/resource.ts';
import type { Tools } from '../tools.ts';

/** A runbook that fits a node, as a request with its steps would carry it. */
export interface RunbookUse {
  readonly steps: readonly Omit<RunbookStep, 'order'>[];
  readonly disableRamdisk: boolean;
}

/**
 * The runbook of this uuid or name, for a node that one of its traits approves it for; before 1.112 a runbook's
 * name was its trait.
 * @throws BareMetalError `Forbidden`, `InvalidParameterValue` when the node has none of the traits, and the resource's
 * not found
 */
export async function findRunbook(
  { db }: Tools,
  node: Node,
  { ident, context }: { readonly ident: string; readonly context: Pick<RequestContext, 'version' | 'grant'> },
): Promise<RunbookUse> {
  const runbook = await getRunbook(db, ident);
  if (runbook === undefined) throw notFound(runbooks, ident);
  const use = 'baremetal:runbook:use';
  if (!context.grant.may(use, { 'runbook.owner': runbook.owner })) throw denied(use);
  const own = await listTraits(db, node.uuid);
  if (context.version >= TRAITS_SINCE) requireTrait(node, runbook, own);
  else requireName(node, runbook, own);
  const ordered = runbook.steps.toSorted((a, b) => a.order - b.order);
  const steps = ordered.map(({ interface: kind, step, args }) => ({ interface: kind, step, args }));
  return { steps, disableRamdisk: runbook.disable_ramdisk };
}

function requireTrait(node: Node, { uuid, traits }: Runbook, own: readonly string[]): void {
  if (traits.length === 0) {
    throw new BareMetalError(
      'InvalidParameterValue',
      `Runbook ${uuid} has no traits configured. Please ask an administrator to add traits to the runbook.`,
    );
  }
  if (traits.some((trait) => own.includes(trait))) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `This runbook has not been approved for use on this node ${node.uuid}. The node does not have any of the runbook's traits ${traits.join(', ')}. Please ask an administrator to add a matching trait to your node.`,
  );
}

function requireName(node: Node, { name }: Runbook, own: readonly string[]): void {
  if (own.includes(name)) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `This runbook has not been approved for use on this node ${node.uuid}. Please ask an administrator to add it to your node traits.`,
  );
}
