import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import { createRecordTable } from './record-table.ts';

/** What a client may set of a chassis. */
export interface ChassisSettings {
  readonly description: string | null;
  readonly extra: JsonObject;
}

/** Statements on `chassis`. */
export const chassisTable = createRecordTable<ChassisSettings, never, object>({
  table: 'chassis',
  named: false,
  columns: { description: 'text', extra: 'jsonb' },
  shown: {},
  conditions: {},
  conflicts: {
    chassis_pkey: ({ uuid }) => new BareMetalError('AlreadyExists', `A chassis with UUID ${uuid} already exists.`),
    nodes_chassis_uuid_fkey: ({ uuid }) =>
      new BareMetalError('NotEmpty', `Cannot complete the requested action because chassis ${uuid} contains nodes.`),
  },
});
