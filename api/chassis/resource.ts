import { z } from 'zod';
import { chassisTable, type ChassisSettings } from '../../db/chassis.ts';
import { linksWriter } from '../json-text.ts';
import { jsonObject } from '../query-values.ts';
import { accessOfSystem } from '../resource/access.ts';
import type { Resource } from '../resource/definition.ts';
import { fieldsOf } from '../resource/present.ts';

/** /v1/chassis. */
export const chassis: Resource<ChassisSettings, object> = {
  path: 'chassis',
  collection: 'chassis',
  word: 'chassis',
  title: 'Chassis',
  since: 1,
  newer: 'refused',
  refusal: { message: '' },
  ident: { name: 'chassis_uuid' },
  access: accessOfSystem('chassis'),
  hasDetailPath: true,
  fields: [
    ...fieldsOf('chassis', [
      { name: 'description', as: 'text' },
      { name: 'extra', as: 'object', sortable: false },
    ]),
    // A list in a list: so Ironic has it.
    { name: 'nodes', of: (origin) => (uuid) => `[${linksWriter(origin, 'chassis', '/nodes')(uuid)}]` },
  ],
  listFields: ['uuid', 'description'],
  document: z.strictObject({
    description: z.string().max(255).nullable().default(null),
    extra: jsonObject,
  }),
  filtersOf: () => Promise.resolve({}),
  table: chassisTable,
};
