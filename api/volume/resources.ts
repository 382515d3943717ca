import { z } from 'zod';
import { getNodeByUuid } from '../../db/nodes.ts';
import type { Queryable } from '../../db/pool.ts';
import type { RecordRow } from '../../db/record-table.ts';
import { volumeConnectorTable, volumeTargetTable } from '../../db/volumes.ts';
import type { VolumeConnectorSettings, VolumeFilters, VolumeTargetSettings } from '../../db/volumes.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import type { ProvisionState } from '../../domain/provision-states.ts';
import { refuseWhileHeld } from '../nodes/change.ts';
import { jsonObject, uuidText } from '../query-values.ts';
import { accessByNode } from '../resource/access.ts';
import type { Resource, ResourceChange } from '../resource/definition.ts';
import { filterOfNode, nodeOfRecord } from '../resource/of-node.ts';
import { fieldsOf } from '../resource/present.ts';
import { restoreMasked } from '../secrets.ts';

const SINCE = 32;

/** What connectors and targets have in common. */
const VOLUME = {
  since: SINCE,
  newer: 'refused',
  // The path is looked up first, and below 1.32 it isn't there.
  refusal: { message: '' },
  detailSince: SINCE,
  query: { node: z.string().optional() },
  filtersOf: filterOfNode,
} as const;

/** /v1/volume/connectors. */
export const volumeConnectors: Resource<VolumeConnectorSettings, VolumeFilters> = {
  path: 'volume/connectors',
  collection: 'connectors',
  word: 'connector',
  title: 'Volume connector',
  ...VOLUME,
  ident: { name: 'connector_uuid' },
  access: accessByNode('volume', 'connector'),
  fields: fieldsOf('volume/connectors', [
    { name: 'connector_id', as: 'text' },
    { name: 'extra', as: 'object', sortable: false },
    { name: 'type', as: 'text' },
    { name: 'node_uuid', as: 'text' },
  ]),
  listFields: ['uuid', 'node_uuid', 'type', 'connector_id'],
  document: z.strictObject({
    connector_id: z.string(),
    extra: jsonObject,
    node_uuid: uuidText,
    type: z.string(),
  }),
  table: volumeConnectorTable,
  settle: async (client, change) => {
    await requirePoweredOff(client, change, 'volume connector update');
    return change.document;
  },
  refuseRemoval: (client, row) => refuseRemoval(client, row, 'volume connector deletion'),
};

/** The details of a connection are for few, in Ironic's words. */
const PROPERTIES_REDACTED = {
  rule: 'baremetal:volume:view_target_properties',
  json: JSON.stringify({
    redacted_contents:
      '** Value redacted: Requires permission baremetal:volume:view_target_properties access. Permission denied. **',
  }),
} as const;

/** /v1/volume/targets. */
export const volumeTargets: Resource<VolumeTargetSettings, VolumeFilters> = {
  path: 'volume/targets',
  collection: 'targets',
  word: 'target',
  title: 'Volume target',
  ...VOLUME,
  ident: { name: 'target_uuid' },
  access: accessByNode('volume', 'target'),
  fields: fieldsOf('volume/targets', [
    { name: 'boot_index', as: 'bare' },
    { name: 'extra', as: 'object', sortable: false },
    { name: 'properties', as: 'masked', sortable: false, redacted: PROPERTIES_REDACTED },
    { name: 'volume_id', as: 'text' },
    { name: 'volume_type', as: 'text' },
    { name: 'node_uuid', as: 'text' },
  ]),
  listFields: ['uuid', 'node_uuid', 'volume_type', 'boot_index', 'volume_id'],
  document: z.strictObject({
    boot_index: z.int32(),
    extra: jsonObject,
    node_uuid: uuidText,
    properties: jsonObject,
    volume_id: z.string(),
    volume_type: z.string(),
  }),
  table: volumeTargetTable,
  settle: async (client, change) => {
    await requirePoweredOff(client, change, 'volume target update');
    const { document, before } = change;
    return { ...document, properties: restoreMasked(document.properties, before?.properties ?? {}) };
  },
  refuseRemoval: (client, row) => refuseRemoval(client, row, 'volume target deletion'),
};

/** What a running machine has mounted must not change under it. */
async function requirePoweredOff<Document extends { readonly node_uuid: string }>(
  client: Queryable,
  change: ResourceChange<Document>,
  action: string,
): Promise<void> {
  const node = await nodeOfRecord(client, change);
  if (change.before !== undefined && node.powerState !== 'power off') throw poweredOn(node, action);
}

/** Ironic's DELETE_ALLOWED_STATES: nobody's system can run on the node. */
const UNUSED_STATES: readonly ProvisionState[] = ['manageable', 'enroll', 'adopt failed'];

async function refuseRemoval(client: Queryable, row: RecordRow<{ node_uuid: string }>, action: string): Promise<void> {
  const node = await getNodeByUuid(client, row.node_uuid);
  if (node === undefined) return;
  refuseWhileHeld(node);
  if (UNUSED_STATES.includes(node.provisionState) || node.powerState === 'power off') return;
  throw poweredOn(node, action);
}

function poweredOn(node: Node, action: string): BareMetalError {
  return new BareMetalError(
    'InvalidStateRequested',
    `The requested action "${action}" can not be performed on node "${node.uuid}" while it is in state "${node.powerState ?? 'None'}".`,
  );
}
