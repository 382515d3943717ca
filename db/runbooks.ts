import { BareMetalError } from '../domain/errors.ts';
import { isUuid } from '../domain/ids.ts';
import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';
import { createRecordTable, type Condition } from './record-table.ts';

/** One step of a runbook. */
export interface RunbookStep {
  readonly interface: string;
  readonly step: string;
  readonly args: JsonObject;
  readonly order: number;
}

/** What a client may set of a runbook. */
export interface RunbookSettings {
  readonly name: string;
  readonly steps: readonly RunbookStep[];
  readonly disable_ramdisk: boolean;
  readonly public: boolean;
  readonly owner: string | null;
  readonly description: string | null;
  readonly extra: JsonObject;
}

/** Conditions on a list of runbooks; absent ones don't count. */
export interface RunbookFilters {
  /** The project's own, and the public ones. */
  readonly project?: string | undefined;
}

const taken = (what: string): BareMetalError =>
  new BareMetalError('AlreadyExists', `A runbook with ${what} already exists.`);

const ofProject: Condition<string> = (project, parameters) =>
  `(t.public or t.owner = ${parameters.add(project, 'text')})`;

/** Statements on `runbooks`. */
export const runbookTable = createRecordTable<RunbookSettings, 'traits', RunbookFilters>({
  table: 'runbooks',
  named: true,
  columns: {
    name: 'text',
    steps: 'jsonb',
    disable_ramdisk: 'boolean',
    public: 'boolean',
    owner: 'text',
    description: 'text',
    extra: 'jsonb',
  },
  shown: { traits: 'to_json(t.traits)' },
  conditions: { project: ofProject },
  visible: ofProject,
  conflicts: {
    runbooks_pkey: ({ uuid }) => taken(`UUID ${uuid}`),
    runbooks_name_key: ({ name }) => taken(`name ${name}`),
  },
});

/** What a runbook does, and for which nodes. */
export interface Runbook extends Pick<RunbookSettings, 'name' | 'steps' | 'disable_ramdisk' | 'owner'> {
  readonly uuid: string;
  readonly traits: readonly string[];
}

/** The runbook of this uuid or name, or undefined. */
export async function getRunbook(db: Queryable, ident: string): Promise<Runbook | undefined> {
  const { rows } = await db.query<Runbook>(
    `select uuid, name, steps, disable_ramdisk, owner, traits from runbooks
      where ${isUuid(ident) ? 'uuid = $1::uuid' : 'name = $1::text'}`,
    [ident],
  );
  return rows[0];
}

/** The traits of a runbook in alphabetical order. */
export async function listRunbookTraits(db: Queryable, uuid: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ traits: string[] }>('select traits from runbooks where uuid = $1::uuid', [uuid]);
  return rows[0]?.traits ?? [];
}

/** Makes these the traits of a runbook and no others. */
export async function replaceRunbookTraits(
  db: Queryable,
  change: { uuid: string; traits: readonly string[] },
): Promise<void> {
  await db.query(
    `update runbooks set traits = array(select distinct unnest($2::text[]) order by 1), updated_at = now()
      where uuid = $1::uuid`,
    [change.uuid, change.traits],
  );
}

/** Adds a trait to a runbook; one that is there already stays. */
export async function addRunbookTrait(db: Queryable, change: { uuid: string; trait: string }): Promise<void> {
  await db.query(
    `update runbooks set traits = array(select distinct unnest(traits || $2::text) order by 1), updated_at = now()
      where uuid = $1::uuid`,
    [change.uuid, change.trait],
  );
}

/** Takes a trait from a runbook; one that isn't there is no error. */
export async function removeRunbookTrait(db: Queryable, change: { uuid: string; trait: string }): Promise<void> {
  await db.query(
    'update runbooks set traits = array_remove(traits, $2::text), updated_at = now() where uuid = $1::uuid',
    [change.uuid, change.trait],
  );
}
