import type { Node, PowerState } from '../domain/node.ts';
import { HELD_STATES, STABLE_STATES, type ProvisionState } from '../domain/provision-states.ts';
import type { RunningStep, ShownStepKind } from '../domain/steps.ts';
import { NODE_COLUMNS, rowToNode, type NodeRow } from './node-row.ts';
import type { Queryable } from './pool.ts';

/** Which state leads to which; an empty record stands for an operation that leaves the state alone. */
export type Moves = Readonly<Partial<Record<ProvisionState, ProvisionState>>>;

/** What takes a node for an operation. */
export interface Claim {
  readonly nodeUuid: string;
  /** Legal states and where each leads; null leaves the state alone, whatever it is. */
  readonly moves: Moves | null;
  /** What `target_provision_state` becomes from each state of `moves`. */
  readonly targets: Moves;
  readonly targetPower: PowerState | null;
  readonly verb: string;
  readonly operation: string;
  readonly run: string;
  readonly hostname: string;
  readonly requestId: string;
  readonly username: string | null;
  readonly project?: string | null;
}

/**
 * Takes the node for an operation: compare-and-set of its state, with the line in its history.
 * @returns undefined when the node is not there, is in no state of `moves`, or was claimed by this run before
 */
export async function claimNode(db: Queryable, claim: Claim): Promise<Node | undefined> {
  const { rows } = await db.query<NodeRow>(
    `with claimed as (
       update nodes set
         provision_state = coalesce($2::jsonb ->> provision_state, provision_state),
         provision_updated_at = case when $2::jsonb is null then provision_updated_at else now() end,
         target_provision_state = case when $2::jsonb is null then target_provision_state else $3::jsonb ->> provision_state end,
         target_power_state = $4::text,
         operation = $6::text, operation_run = $7::uuid, reservation = $8::text, operation_request = $9::text,
         operation_moves = 0,
         inspection_started_at = case when $5::text = 'inspect' then now() else inspection_started_at end,
         last_error = null, updated_at = now()
       where uuid = $1::uuid and ($2::jsonb is null or $2::jsonb ? provision_state)
         and operation_run is distinct from $7::uuid
       returning ${NODE_COLUMNS}
     ), noted as (
       insert into node_history (node_uuid, event, event_type, severity, conductor, username, request_id, operation_run,
         state, target_provision_state, project)
       select uuid, 'Started ' || $6::text || ' (' || $5::text || '): ' || provision_state, $5::text, 'INFO', $8::text,
         $10::text, $9::text, $7::uuid, provision_state, target_provision_state, $11::text from claimed
     )
     select * from claimed`,
    [
      claim.nodeUuid,
      claim.moves === null ? null : JSON.stringify(claim.moves),
      JSON.stringify(claim.targets),
      claim.targetPower,
      claim.verb,
      claim.operation,
      claim.run,
      claim.hostname,
      claim.requestId,
      claim.username,
      claim.project ?? null,
    ],
  );
  return rows[0] && rowToNode(rows[0]);
}

/** Who holds a node. */
export interface Holder {
  readonly provisionState: ProvisionState;
  readonly operation: string | null;
  readonly run: string | null;
  readonly reservation: string | null;
  readonly lastError: string | null;
}

/** Who holds the node, or undefined when there is no such node. */
export async function getHolder(db: Queryable, nodeUuid: string): Promise<Holder | undefined> {
  const { rows } = await db.query<Holder>(
    `select provision_state as "provisionState", operation, operation_run as run, reservation, last_error as "lastError"
       from nodes where uuid = $1::uuid`,
    [nodeUuid],
  );
  return rows[0];
}

/** One step of the state machine in a running operation. */
export interface Move {
  readonly nodeUuid: string;
  readonly run: string;
  readonly moves: Moves;
}

/**
 * Moves the node of this run to its next state, compare-and-set; the move of this number is made once only. A node on
 * hold is worked on by nobody, so that it may be changed: its reservation goes, its operation stays.
 * @returns the new state; undefined when the run doesn't hold the node (any more), the state has no move, or the
 *   move was made before
 */
export async function moveNode(
  db: Queryable,
  move: Move & { readonly count: number; readonly hostname: string },
): Promise<ProvisionState | undefined> {
  const { rows } = await db.query<{ provision_state: ProvisionState }>(
    `update nodes set provision_state = $3::jsonb ->> provision_state, provision_updated_at = now(), updated_at = now(),
       operation_moves = $4::integer,
       reservation = case when $3::jsonb ->> provision_state = any ($5::text[]) then null else $6::text end
      where uuid = $1::uuid and operation_run = $2::uuid and operation is not null and $3::jsonb ? provision_state
        and operation_moves = $4::integer - 1
      returning provision_state`,
    [move.nodeUuid, move.run, JSON.stringify(move.moves), move.count, HELD_STATES, move.hostname],
  );
  return rows[0]?.provision_state;
}

/**
 * Forgets the tenant of a node that is given back and begins its cleaning: instance, VIFs and config drive go
 * in the same statement that moves the state.
 * @returns the new state; undefined when the run doesn't hold the node in a state of `moves`
 */
export async function releaseInstance(db: Queryable, move: Move): Promise<ProvisionState | undefined> {
  const { rows } = await db.query<{ provision_state: ProvisionState }>(
    `with released as (
       update nodes set provision_state = $3::jsonb ->> provision_state, provision_updated_at = now(),
         updated_at = now(), instance_info = '{}', instance_uuid = null, instance_name = null
       where uuid = $1::uuid and operation_run = $2::uuid and operation is not null and $3::jsonb ? provision_state
       returning uuid, provision_state
     ), detached as (
       delete from vif_attachments where node_uuid in (select uuid from released)
     ), dropped as (
       delete from config_drives where node_uuid in (select uuid from released)
     )
     select provision_state from released`,
    [move.nodeUuid, move.run, JSON.stringify(move.moves)],
  );
  return rows[0]?.provision_state;
}

/** Shows the step that runs now in `clean_step`, `deploy_step` or `service_step`; a worker that was overtaken and comes too late shows nothing. */
export async function showStep(
  db: Queryable,
  shown: { nodeUuid: string; run: string; kind: ShownStepKind; step: RunningStep | null },
): Promise<void> {
  await db.query(
    `update nodes set clean_step = case when $3::text = 'clean' then $4::jsonb else clean_step end,
       deploy_step = case when $3::text = 'deploy' then $4::jsonb else deploy_step end,
       service_step = case when $3::text = 'service' then $4::jsonb else service_step end, updated_at = now()
      where uuid = $1::uuid and operation_run = $2::uuid and operation is not null`,
    [shown.nodeUuid, shown.run, shown.kind, shown.step && JSON.stringify(onTheNode(shown.step))],
  );
}

/** A running step, with the names that clients know where they gave them. */
function onTheNode({ executeOnChildNodes, limitChildNodeExecution, ...step }: RunningStep): object {
  if (!executeOnChildNodes) return step;
  const limit = limitChildNodeExecution && { limit_child_node_execution: limitChildNodeExecution };
  return { ...step, execute_on_child_nodes: true, ...limit };
}

/** How an operation ended. */
export interface Ending {
  readonly nodeUuid: string;
  readonly run: string;
  /** Where each state leads; null leaves it alone. */
  readonly moves: Moves | null;
  /** Where each state leads a node that is retired, if elsewhere. */
  readonly movesRetired?: Moves;
  readonly verb: string;
  readonly hostname: string;
  readonly event: string;
  /** What went wrong, in a sentence for `last_error`; null when all is well. */
  readonly lastError: string | null;
  /** Puts the node into maintenance with this reason: something was left behind that a person must look at. */
  readonly fault?: { readonly fault: string; readonly reason: string } | null;
  /** Takes the node out of the maintenance that this fault put it into, since nothing is left behind any more. */
  readonly mends?: string;
}

// Where the node's state leads when its operation ends.
const MOVES = 'coalesce(case when retired then $11::jsonb end, $3::jsonb)';
// Whether the node is in maintenance for the fault that is mended now.
const IS_MENDED = 'coalesce(fault = $12::text, false)';

/**
 * Ends the operation and lets the node go: state, history and reservation in one statement.
 * @returns the new state; undefined when the run doesn't hold the node in a state of `moves`
 */
export async function endOperation(db: Queryable, ending: Ending): Promise<ProvisionState | undefined> {
  const { rows } = await db.query<{ provision_state: ProvisionState }>(
    `with ended as (
       update nodes set
         provision_state = coalesce(${MOVES} ->> provision_state, provision_state),
         provision_updated_at = case when ${MOVES} is null then provision_updated_at else now() end,
         inspection_finished_at =
           case when $4::text = 'inspect' and $7::text is null then now() else inspection_finished_at end,
         target_provision_state = case
           when ${MOVES} is not null and ($7::text is null or ${MOVES} ->> provision_state = any($10::text[])) then null
           else target_provision_state end,
         target_power_state = null, clean_step = null, deploy_step = null, service_step = null,
         operation = null, operation_request = null, reservation = null, last_error = $7::text, updated_at = now(),
         maintenance = $8::text is not null or (maintenance and not ${IS_MENDED}),
         fault = coalesce($8::text, nullif(fault, $12::text)),
         maintenance_reason = coalesce($9::text, case when not ${IS_MENDED} then maintenance_reason end)
       where uuid = $1::uuid and operation_run = $2::uuid and operation is not null
         and (${MOVES} is null or ${MOVES} ? provision_state)
       returning uuid, provision_state, target_provision_state
     ), noted as (
       insert into node_history (node_uuid, event, event_type, severity, conductor, operation_run, state,
         target_provision_state, duration_seconds, username, project, request_id)
       select uuid, $6::text, $4::text, case when $7::text is null then 'INFO' else 'ERROR' end, $5::text, $2::uuid,
         provision_state, target_provision_state, extract(epoch from now() - begun.at), begun.username, begun.project,
         begun.request_id
         from ended left join lateral (select at, username, project, request_id from node_history
           where node_uuid = $1::uuid and operation_run = $2::uuid order by at, id limit 1) as begun on true
     )
     select provision_state from ended`,
    [
      ending.nodeUuid,
      ending.run,
      ending.moves === null ? null : JSON.stringify(ending.moves),
      ending.verb,
      ending.hostname,
      ending.event,
      ending.lastError,
      ending.fault?.fault ?? null,
      ending.fault?.reason ?? null,
      STABLE_STATES,
      ending.movesRetired === undefined ? null : JSON.stringify(ending.movesRetired),
      ending.mends ?? null,
    ],
  );
  return rows[0]?.provision_state;
}

/** Writes what the BMC said of the machine's power. */
export async function setPowerState(
  db: Queryable,
  reading: { nodeUuid: string; powerState: PowerState | null },
): Promise<void> {
  await db.query(
    `update nodes set power_state = $2::text, updated_at = now()
      where uuid = $1::uuid and power_state is distinct from $2::text`,
    [reading.nodeUuid, reading.powerState],
  );
}
