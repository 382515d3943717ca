import { isUuid } from '../domain/ids.ts';
import type { TargetKind } from './policy-targets.ts';
import type { Queryable } from './pool.ts';

/** Where the node of each kind of thing stands; `t` is the thing. */
const SOURCES: Readonly<Record<TargetKind, string | null>> = {
  node: 'select t.uuid as node from nodes t',
  port: 'select t.node_uuid as node from ports t',
  portgroup: 'select t.node_uuid as node from portgroups t',
  connector: 'select t.node_uuid as node from (select uuid, null as name, node_uuid from volume_connectors) t',
  target: 'select t.node_uuid as node from (select uuid, null as name, node_uuid from volume_targets) t',
  allocation: 'select t.node_uuid as node from allocations t',
  allocationOfNode: 'select t.uuid as node from nodes t',
  runbook: null,
};

/**
 * The node that a thing is or belongs to, by the thing's uuid or name; null when it has none or isn't there. A node is
 * believed to be there when it is named by its uuid.
 */
export async function nodeOfSubject(db: Queryable, kind: TargetKind, uuidOrName: string): Promise<string | null> {
  const source = SOURCES[kind];
  if (source === null) return null;
  if (kind === 'node' && isUuid(uuidOrName)) return uuidOrName.toLowerCase();
  const condition = isUuid(uuidOrName) ? 't.uuid = $1::uuid' : 't.name = $1::text';
  const { rows } = await db.query<{ node: string | null }>(`${source} where ${condition}`, [uuidOrName]);
  return rows[0]?.node ?? null;
}
