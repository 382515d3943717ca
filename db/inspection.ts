import { isUuid } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

/** A node that is being inspected, and the boot of the agent that inspects it. */
export interface InspectedNode {
  readonly nodeUuid: string;
  readonly bootId: string;
}

const MAC = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;

/**
 * The one node in inspection with an agent booted that has this uuid, or one of these MAC addresses; undefined
 * for strangers, for nodes in other states, and when the addresses fit more than one.
 */
export async function findInspectedNode(
  db: Queryable,
  report: { nodeUuid: string | null; addresses: readonly string[] },
): Promise<InspectedNode | undefined> {
  if (report.nodeUuid !== null && !isUuid(report.nodeUuid)) return undefined;
  const { rows } = await db.query<InspectedNode>(
    `select n.uuid as "nodeUuid", s.boot_id as "bootId" from nodes n join agent_sessions s on s.node_uuid = n.uuid
      where n.provision_state in ('inspecting', 'inspect wait')
        and case when $1::uuid is not null then n.uuid = $1::uuid
            else exists (select from ports p where p.node_uuid = n.uuid and p.address = any ($2::macaddr[])) end
      limit 2`,
    [report.nodeUuid, report.addresses.filter((address) => MAC.test(address))],
  );
  return rows.length === 1 ? rows[0] : undefined;
}
