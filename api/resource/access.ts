import type { TargetKind } from '../../db/policy-targets.ts';
import type { ListKind, Subject } from '../policy/access.ts';
import type { ResourceAccess } from './definition.ts';

/** The path names a thing of this kind; for whom may not see it, it isn't there. */
export function concealed(kind: TargetKind): (ident: string) => Subject {
  return (ident) => ({ kind, ident, conceals: true });
}

/** A body names the node that a new record belongs to; who may not add to it is refused, whether it is there or not. */
export function nodeOfBody(body: unknown): Subject {
  const { node_uuid: ident } = body as { readonly node_uuid?: unknown };
  return { kind: 'node', ident: typeof ident === 'string' ? ident : '', conceals: false };
}

/** Of what belongs to a node, the rules of Ironic. */
export function accessByNode(rules: 'portgroup' | 'volume', kind: TargetKind): ResourceAccess {
  const list: ListKind = rules;
  return {
    list: { list },
    show: `baremetal:${rules}:get`,
    create: `baremetal:${rules}:create`,
    update: `baremetal:${rules}:update`,
    remove: `baremetal:${rules}:delete`,
    subject: concealed(kind),
    subjectOfNew: nodeOfBody,
  };
}

/** Of what belongs to nobody, the rules of Ironic. */
export function accessOfSystem(rules: 'chassis' | 'deploy_template' | 'inspection_rule'): ResourceAccess {
  return {
    list: `baremetal:${rules}:get`,
    show: `baremetal:${rules}:get`,
    create: `baremetal:${rules}:create`,
    update: `baremetal:${rules}:update`,
    remove: `baremetal:${rules}:delete`,
  };
}
