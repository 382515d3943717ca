import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';
import { createRecordTable } from './record-table.ts';

/** One step of a deploy template. */
export interface TemplateStep {
  readonly interface: string;
  readonly step: string;
  readonly args: JsonObject;
  readonly priority: number;
}

/** What a client may set of a deploy template. */
export interface DeployTemplateSettings {
  /** The trait that calls for it. */
  readonly name: string;
  readonly steps: readonly TemplateStep[];
  readonly extra: JsonObject;
}

const taken = (what: string): BareMetalError =>
  new BareMetalError('AlreadyExists', `A deploy template with ${what} already exists.`);

/** Statements on `deploy_templates`. */
export const deployTemplateTable = createRecordTable<DeployTemplateSettings, never, object>({
  table: 'deploy_templates',
  named: true,
  columns: { name: 'text', steps: 'jsonb', extra: 'jsonb' },
  shown: {},
  conditions: {},
  conflicts: {
    deploy_templates_pkey: ({ uuid }) => taken(`UUID ${uuid}`),
    deploy_templates_name_key: ({ name }) => taken(`name ${name}`),
  },
});

/** The steps of the templates of these names, in the order of the names. */
export async function listTemplateSteps(db: Queryable, names: readonly string[]): Promise<TemplateStep[]> {
  const { rows } = await db.query<{ steps: readonly TemplateStep[] }>(
    'select steps from deploy_templates where name = any ($1::text[]) order by array_position($1::text[], name)',
    [names],
  );
  return rows.flatMap(({ steps }) => steps);
}
