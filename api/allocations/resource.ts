import { z } from 'zod';
import { allocationTable, type AllocationFilters, type AllocationSettings } from '../../db/allocations.ts';
import { getNode } from '../../db/nodes.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { ownersOf } from '../nodes/access.ts';
import { Trait } from '../nodes/trait-routes.ts';
import { jsonObject, logicalName } from '../query-values.ts';
import { concealed } from '../resource/access.ts';
import type { Resource } from '../resource/definition.ts';
import { fieldsOf } from '../resource/present.ts';

/** Allocations have owners since. */
export const OWNER_SINCE = 60;

const words = <T extends z.ZodType>(word: T) =>
  z
    .array(word)
    .nullish()
    .transform((list) => list ?? []);

/** /v1/allocations. */
export const allocations: Resource<AllocationSettings, AllocationFilters> = {
  path: 'allocations',
  collection: 'allocations',
  word: 'allocation',
  title: 'Allocation',
  since: 52,
  newer: 'unknown',
  refusal: { message: 'The API version does not allow allocations', isFault: true, isHidden: true },
  access: {
    list: { list: 'allocation', ofProject: ({ query }) => (query as { owner?: string }).owner },
    show: 'baremetal:allocation:get',
    create: { anyOf: ['baremetal:allocation:create', 'baremetal:allocation:create_restricted'] },
    update: 'baremetal:allocation:update',
    remove: 'baremetal:allocation:delete',
    subject: concealed('allocation'),
  },
  fields: fieldsOf('allocations', [
    { name: 'candidate_nodes', as: 'bare', sortable: false },
    { name: 'extra', as: 'object', sortable: false },
    { name: 'last_error', as: 'text' },
    { name: 'name', as: 'text' },
    { name: 'owner', as: 'text', since: OWNER_SINCE },
    { name: 'resource_class', as: 'text' },
    { name: 'state', as: 'text' },
    { name: 'traits', as: 'bare', sortable: false },
    { name: 'node_uuid', as: 'text', sortable: false },
  ]),
  document: z.strictObject({
    candidate_nodes: words(z.string()),
    extra: jsonObject,
    name: logicalName.nullable().default(null),
    owner: z.string().nullable().default(null),
    resource_class: z.string().max(80).nullable().default(null),
    traits: words(Trait),
  }),
  patchable: ['name', 'extra'],
  query: {
    node: z.string().optional(),
    resource_class: z.string().optional(),
    state: z.string().optional(),
    owner: z.string().optional(),
  },
  querySince: { owner: OWNER_SINCE },
  filtersOf: async (db, query, { grant }) => {
    const { node, resource_class: resourceClass, state, owner } = query as Readonly<Record<string, string | undefined>>;
    const found = node === undefined ? undefined : await getNode(db, node);
    if (node !== undefined && (found === undefined || !grant.may('baremetal:node:get', ownersOf(found)))) {
      throw new BareMetalError('InvalidParameterValue', `Node ${node} could not be found.`);
    }
    return { nodeUuid: found?.uuid, resourceClass, state, owner };
  },
  table: allocationTable,
};
