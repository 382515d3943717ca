import type { ProvisionState } from '../domain/provision-states.ts';
import type { Move } from './operations.ts';
import type { Queryable } from './pool.ts';

/** A move of an operation that waits for the agent of one boot. */
export interface AgentWait extends Move {
  readonly bootId: string;
  /** What is waited for: the agent's first heartbeat, or its inventory. */
  readonly awaited: 'heartbeat' | 'inventory';
}

const NEW_STATE = `provision_state = $3::jsonb ->> provision_state, provision_updated_at = now(), updated_at = now()`;
const HELD = `n.uuid = $1::uuid and n.operation_run = $2::uuid and n.operation is not null and $3::jsonb ? provision_state`;
const THIS_BOOT = `select from agent_sessions s where s.node_uuid = n.uuid and s.boot_id = $4::text`;

/**
 * Moves the node into its wait state, unless what is waited for is here already: so a call that comes a second time,
 * long after the wait has ended, puts nothing back.
 * @returns the new state; undefined when nothing was moved
 */
export async function beginWait(db: Queryable, wait: AgentWait): Promise<ProvisionState | undefined> {
  const { rows } = await db.query<{ state: ProvisionState }>(
    `update nodes n set ${NEW_STATE}
      where ${HELD} and case when $5::text = 'heartbeat'
        then exists (${THIS_BOOT} and s.first_heartbeat_at is null)
        else exists (${THIS_BOOT}) and not exists (
          select from node_inventory i where i.node_uuid = n.uuid and i.inspected_at >= n.inspection_started_at) end
      returning provision_state as state`,
    [wait.nodeUuid, wait.run, JSON.stringify(wait.moves), wait.bootId, wait.awaited],
  );
  return rows[0]?.state;
}

/** Moves the node out of the wait for this boot. @returns the new state; undefined when nothing was moved */
export async function endWait(db: Queryable, wait: Omit<AgentWait, 'awaited'>): Promise<ProvisionState | undefined> {
  const { rows } = await db.query<{ state: ProvisionState }>(
    `update nodes n set ${NEW_STATE} where ${HELD} and exists (${THIS_BOOT}) returning provision_state as state`,
    [wait.nodeUuid, wait.run, JSON.stringify(wait.moves), wait.bootId],
  );
  return rows[0]?.state;
}
