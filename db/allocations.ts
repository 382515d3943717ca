import type pg from 'pg';
import type { AllocationRefusal } from '../domain/allocations.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import { inTransaction, type Queryable } from './pool.ts';
import { createRecordTable, type RecordRow } from './record-table.ts';

/** What an allocation is made of; of these a client may change only name and extra. */
export interface AllocationSettings {
  readonly name: string | null;
  readonly resource_class: string | null;
  readonly traits: readonly string[];
  readonly candidate_nodes: readonly string[];
  readonly owner: string | null;
  readonly extra: JsonObject;
}

/** Conditions on a list of allocations; absent ones don't count. */
export interface AllocationFilters {
  readonly nodeUuid?: string | undefined;
  readonly resourceClass?: string | undefined;
  readonly state?: string | undefined;
  readonly owner?: string | undefined;
}

const taken = (what: string): BareMetalError =>
  new BareMetalError('AlreadyExists', `An allocation with ${what} already exists.`);

/** Statements on `allocations`. */
export const allocationTable = createRecordTable<
  AllocationSettings,
  'state' | 'node_uuid' | 'last_error' | 'traits' | 'candidate_nodes',
  AllocationFilters
>({
  table: 'allocations',
  named: true,
  columns: {
    name: 'text',
    resource_class: 'text',
    traits: 'text[]',
    candidate_nodes: 'uuid[]',
    owner: 'text',
    extra: 'jsonb',
  },
  shown: {
    state: 't.state',
    node_uuid: 't.node_uuid',
    last_error: 't.last_error',
    traits: 'to_json(t.traits)',
    candidate_nodes: 'to_json(t.candidate_nodes)',
  },
  conditions: {
    nodeUuid: (uuid, parameters) => `t.node_uuid = ${parameters.add(uuid, 'uuid')}`,
    resourceClass: (name, parameters) => `t.resource_class = ${parameters.add(name, 'text')}`,
    state: (state, parameters) => `t.state = ${parameters.add(state, 'text')}`,
    owner: (owner, parameters) => `t.owner = ${parameters.add(owner, 'text')}`,
  },
  visible: (project, parameters) => `t.owner = ${parameters.add(project, 'text')}`,
  conflicts: {
    allocations_pkey: ({ uuid }) => taken(`UUID ${uuid}`),
    allocations_name_key: ({ name }) => taken(`name ${name}`),
  },
});

/** Who asked for an allocation: the history of its node says so, when it has one (migration 0070). */
export interface Requester {
  readonly requestId: string;
  readonly username: string | null;
  readonly project: string | null;
}

const addAllocation = async (client: Queryable, row: RecordRow<AllocationSettings>, requester: Requester) => {
  await allocationTable.insert(client, row);
  await client.query(
    'update allocations set request_id = $2::text, username = $3::text, project = $4::text where uuid = $1::uuid',
    [row.uuid, requester.requestId, requester.username, requester.project],
  );
};

/**
 * Adds an allocation that waits for a node. Whoever frees a node meanwhile either is seen by the search that
 * follows, or sees the allocation: the lock lets none slip through between the two.
 * @throws BareMetalError `AlreadyExists`
 */
export async function addWaitingAllocation(
  pool: pg.Pool,
  row: RecordRow<AllocationSettings>,
  requester: Requester,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtext('allocations'))`);
    await addAllocation(client, row, requester);
  });
}

/**
 * The free node that suits a waiting allocation best: its namesake, else one in the rack where the allocation's
 * owner has fewest, else any. Undefined when none fits, or when the allocation no longer waits.
 */
export async function findNodeFor(db: Queryable, uuid: string): Promise<string | undefined> {
  const { rows } = await db.query<{ uuid: string }>(
    `with wish as (select a from allocations a where a.uuid = $1::uuid and a.state = 'allocating'),
       used as (
         select rack_of(n) as rack, count(*) as nodes from wish
           join allocations x on x.owner is not distinct from (wish.a).owner
           join nodes n on n.uuid = x.node_uuid group by 1
       )
     select n.uuid from wish
       join nodes n on n.provision_state = 'available' and n.instance_uuid is null
         and n.resource_class = (wish.a).resource_class
       left join used on used.rack = rack_of(n)
      where allocation_obstacles(wish.a, n) = '{}'
      order by coalesce(n.name = (wish.a).name, false) desc, coalesce(used.nodes, 0), random() limit 1`,
    [uuid],
  );
  return rows[0]?.uuid;
}

/** Has a free node taken by the allocation that has waited longest for one like it (migration 0023). */
export async function offerNode(db: Queryable, nodeUuid: string): Promise<void> {
  await db.query('update nodes set updated_at = now() where uuid = $1::uuid and instance_uuid is null', [nodeUuid]);
}

/** On how many nodes each condition of an allocation fails. */
export async function explainRefusal(db: Queryable, uuid: string): Promise<AllocationRefusal> {
  const { rows } = await db.query<AllocationRefusal>(
    `with judged as (
       select n.uuid, allocation_obstacles(a, n) as obstacles from allocations a cross join nodes n where a.uuid = $1::uuid
     )
     select count(*)::integer as nodes,
       count(*) filter (where obstacles = '{traits}')::integer as "lackingOnlyTraits",
       (select coalesce(jsonb_object_agg(name, failed), '{}') from (
          select name, count(*) as failed from judged, unnest(obstacles) as name group by name
        ) as counted) as obstacles
     from judged`,
    [uuid],
  );
  const [refusal] = rows as [AllocationRefusal];
  return refusal;
}

/** Notes why an allocation waits, or ends it so; one that got a node meanwhile keeps it. */
export async function noteRefusal(
  db: Queryable,
  refusal: { uuid: string; state: 'allocating' | 'error'; reason: string },
): Promise<void> {
  await db.query(
    `update allocations set state = $2::text, last_error = $3::text, updated_at = now()
      where uuid = $1::uuid and state = 'allocating'`,
    [refusal.uuid, refusal.state, refusal.reason],
  );
}

/** Makes an allocation of a node that is in use already. @throws BareMetalError `AlreadyExists` */
export async function addActiveAllocation(
  client: Queryable,
  row: RecordRow<AllocationSettings>,
  { nodeUuid, requester }: { nodeUuid: string; requester: Requester },
): Promise<void> {
  await addAllocation(client, row, requester);
  await client.query(
    `update nodes set instance_uuid = $1::uuid, updated_at = now(),
       instance_info = instance_info || jsonb_build_object('traits', to_jsonb($3::text[]))
      where uuid = $2::uuid`,
    [row.uuid, nodeUuid, row.traits],
  );
  await client.query(`update allocations set state = 'active', node_uuid = $2::uuid where uuid = $1::uuid`, [
    row.uuid,
    nodeUuid,
  ]);
}

/** The node of an allocation: null while it has none, undefined when there is no such allocation. */
export async function nodeOfAllocation(db: Queryable, uuid: string): Promise<string | null | undefined> {
  const { rows } = await db.query<{ node_uuid: string | null }>(
    'select node_uuid from allocations where uuid = $1::uuid',
    [uuid],
  );
  return rows[0]?.node_uuid;
}

/** Frees the node of an allocation, and thereby ends the allocation. */
export async function releaseNode(client: Queryable, { uuid, nodeUuid }: { uuid: string; nodeUuid: string }) {
  await client.query(
    'update nodes set instance_uuid = null, updated_at = now() where uuid = $1::uuid and instance_uuid = $2::uuid',
    [nodeUuid, uuid],
  );
  await client.query('delete from allocations where uuid = $1::uuid', [uuid]);
}

/** Ends an allocation that has no node; false when it has one by now, or is gone. */
export async function dropAllocation(db: Queryable, uuid: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from allocations where uuid = $1::uuid and node_uuid is null', [uuid]);
  return rowCount === 1;
}

/** Whether an allocation gave the node its instance. */
export async function isAllocated(db: Queryable, nodeUuid: string): Promise<boolean> {
  const { rowCount } = await db.query('select from allocations where node_uuid = $1::uuid', [nodeUuid]);
  return rowCount === 1;
}
