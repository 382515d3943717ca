import { BareMetalError } from '../domain/errors.ts';
import type { InspectionRule } from '../domain/inspection-rules/rule.ts';
import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';
import { createRecordTable } from './record-table.ts';

/** What a client may set of an inspection rule. */
export type InspectionRuleSettings = Omit<InspectionRule, 'uuid'>;

/** A column that a sensitive rule shows to nobody. */
const guarded = (column: string): string => `case when not t.sensitive then t.${column} end`;

/** Statements on `inspection_rules`. */
export const inspectionRuleTable = createRecordTable<
  InspectionRuleSettings,
  'shown_conditions' | 'shown_actions',
  object
>({
  table: 'inspection_rules',
  named: false,
  columns: {
    priority: 'integer',
    description: 'text',
    phase: 'text',
    sensitive: 'boolean',
    conditions: 'jsonb',
    actions: 'jsonb',
  },
  shown: { shown_conditions: guarded('conditions'), shown_actions: guarded('actions') },
  conditions: {},
  conflicts: {
    inspection_rules_pkey: ({ uuid }) =>
      new BareMetalError('AlreadyExists', `A rule with UUID ${uuid} already exists.`),
  },
});

/** The rules of a phase, in the order in which they were made; a rule without a phase belongs to `main`. */
export async function listRulesOfPhase(db: Queryable, phase: string): Promise<InspectionRule[]> {
  const { rows } = await db.query<InspectionRule>(
    `select uuid, priority, description, phase, sensitive, conditions, actions from inspection_rules
      where coalesce(phase, 'main') = $1::text order by id`,
    [phase],
  );
  return rows;
}

/** The fields of a node that rules may change, and their SQL types. */
const NODE_COLUMNS = {
  name: 'text',
  description: 'text',
  resource_class: 'text',
  owner: 'text',
  lessee: 'text',
  shard: 'text',
  automated_clean: 'boolean',
  properties: 'jsonb',
  extra: 'jsonb',
  driver_info: 'jsonb',
  instance_info: 'jsonb',
} as const;

/** The fields of a port that rules may change, and their SQL types. */
const PORT_COLUMNS = {
  address: 'macaddr',
  name: 'text',
  pxe_enabled: 'bool',
  physical_network: 'text',
  is_smartnic: 'bool',
  local_link_connection: 'jsonb',
  extra: 'jsonb',
} as const;

const names = (columns: object): string => Object.keys(columns).join(', ');

/** A node as rules see it, locked until the transaction of `client` ends. */
export async function lockRuleNode(client: Queryable, uuid: string): Promise<JsonObject | undefined> {
  const { rows } = await client.query<JsonObject>(
    `select uuid, ${names(NODE_COLUMNS)} from nodes where uuid = $1::uuid for update`,
    [uuid],
  );
  return rows[0];
}

/** The ports of a node as rules see them. */
export async function listRulePorts(db: Queryable, nodeUuid: string): Promise<JsonObject[]> {
  const { rows } = await db.query<JsonObject>(
    `select uuid, ${names(PORT_COLUMNS)} from ports where node_uuid = $1::uuid order by id`,
    [nodeUuid],
  );
  return rows;
}

/** Writes what rules made of a node. @throws BareMetalError `InspectionRuleFailed` for a field that isn't theirs */
export async function writeRuleNode(db: Queryable, node: JsonObject): Promise<void> {
  await writeRow(db, { table: 'nodes', columns: NODE_COLUMNS, row: node });
}

/** Writes what rules made of a port. @throws as writeRuleNode */
export async function writeRulePort(db: Queryable, port: JsonObject): Promise<void> {
  await writeRow(db, { table: 'ports', columns: PORT_COLUMNS, row: port });
}

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => value === null || typeof value === 'string',
  macaddr: (value) => typeof value === 'string' && /^([0-9a-f]{2}[:-]?){6}$/i.test(value),
  // Two names of one type: the first may be unset.
  boolean: (value) => value === null || typeof value === 'boolean',
  bool: (value) => typeof value === 'boolean',
  jsonb: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

async function writeRow(
  db: Queryable,
  { table, columns, row }: { table: string; columns: Readonly<Record<string, string>>; row: JsonObject },
): Promise<void> {
  const { uuid, ...fields } = row;
  // What a rule deleted is empty.
  const whole = Object.entries(columns).map(([name, type]) => ({ name, type, value: fields[name] ?? emptyOf(type) }));
  const stranger = Object.keys(fields).find((name) => !Object.hasOwn(columns, name));
  const misfit = whole.find(({ type, value }) => !(FITS[type]?.(value) ?? false));
  if (stranger !== undefined || misfit !== undefined) {
    const problem = misfit === undefined ? `${stranger} can't be set` : `${misfit.name} must be ${misfit.type}`;
    throw new BareMetalError('InspectionRuleFailed', `An inspection rule fails on a field of ${table}: ${problem}.`);
  }
  await db.query(
    `update ${table} set updated_at = now(),
       ${whole.map(({ name, type }, index) => `${name} = $${index + 2}::${type}`).join(', ')} where uuid = $1::uuid`,
    [uuid, ...whole.map(({ type, value }) => (type === 'jsonb' ? JSON.stringify(value) : value))],
  );
}

function emptyOf(type: string): unknown {
  return type === 'jsonb' ? {} : null;
}
