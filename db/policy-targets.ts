import { isUuid } from '../domain/ids.ts';
import type { Target } from '../domain/policy/evaluate.ts';
import type { Queryable } from './pool.ts';

const OF_NODE = 'n.owner as "node.owner", n.lessee as "node.lessee"';

/** Where the owners of each kind of thing stand; `t` is the thing itself, with a uuid and a name. */
const SOURCES = {
  node: `select ${OF_NODE} from nodes n, lateral (select n.uuid, n.name) t`,
  port: `select ${OF_NODE} from ports t join nodes n on n.uuid = t.node_uuid`,
  portgroup: `select ${OF_NODE} from portgroups t join nodes n on n.uuid = t.node_uuid`,
  connector: `select ${OF_NODE} from (select uuid, null as name, node_uuid from volume_connectors) t
    join nodes n on n.uuid = t.node_uuid`,
  target: `select ${OF_NODE} from (select uuid, null as name, node_uuid from volume_targets) t
    join nodes n on n.uuid = t.node_uuid`,
  allocation: 'select t.owner as "allocation.owner" from allocations t',
  allocationOfNode: `select a.owner as "allocation.owner" from nodes t join allocations a on a.node_uuid = t.uuid`,
  runbook: 'select t.owner as "runbook.owner", t.public as "isPublic" from runbooks t',
} as const;

/** A kind of thing that has an owner. */
export type TargetKind = keyof typeof SOURCES;

/** Whose a thing is, and whether it is everybody's to see. */
export type PolicyTarget = Target & { readonly isPublic?: boolean };

/** Whose a thing is, by its uuid or name; undefined when it is not there. */
export async function getPolicyTarget(
  db: Queryable,
  kind: TargetKind,
  uuidOrName: string,
): Promise<PolicyTarget | undefined> {
  const condition = isUuid(uuidOrName) ? 't.uuid = $1::uuid' : 't.name = $1::text';
  const { rows } = await db.query<PolicyTarget>(`${SOURCES[kind]} where ${condition}`, [uuidOrName]);
  return rows[0];
}
