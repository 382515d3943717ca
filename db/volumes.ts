import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import { createRecordTable, visibleByNode, type Conditions } from './record-table.ts';

/** What a client may set of a volume connector. */
export interface VolumeConnectorSettings {
  readonly node_uuid: string;
  readonly type: string;
  readonly connector_id: string;
  readonly extra: JsonObject;
}

/** What a client may set of a volume target; `properties` may hold secrets. */
export interface VolumeTargetSettings {
  readonly node_uuid: string;
  readonly volume_type: string;
  readonly volume_id: string;
  readonly boot_index: number;
  readonly properties: JsonObject;
  readonly extra: JsonObject;
}

/** Conditions on a list of connectors or targets; absent ones don't count. */
export interface VolumeFilters {
  readonly nodeUuid?: string | undefined;
}

const conditions: Conditions<VolumeFilters> = {
  nodeUuid: (uuid, parameters) => `t.node_uuid = ${parameters.add(uuid, 'uuid')}`,
};

const taken = (what: string): BareMetalError => new BareMetalError('AlreadyExists', `A volume ${what} already exists.`);

/** Statements on `volume_connectors`. */
export const volumeConnectorTable = createRecordTable<VolumeConnectorSettings, never, VolumeFilters>({
  table: 'volume_connectors',
  named: false,
  columns: { node_uuid: 'uuid', type: 'text', connector_id: 'text', extra: 'jsonb' },
  shown: {},
  conditions,
  visible: visibleByNode,
  conflicts: {
    volume_connectors_pkey: ({ uuid }) => taken(`connector with UUID ${uuid}`),
    volume_connectors_once: ({ type, connector_id }) =>
      taken(`connector with type ${type} and connector ID ${connector_id}`),
  },
});

/** Statements on `volume_targets`. */
export const volumeTargetTable = createRecordTable<VolumeTargetSettings, never, VolumeFilters>({
  table: 'volume_targets',
  named: false,
  columns: {
    node_uuid: 'uuid',
    volume_type: 'text',
    volume_id: 'text',
    boot_index: 'integer',
    properties: 'jsonb',
    extra: 'jsonb',
  },
  shown: {},
  conditions,
  visible: visibleByNode,
  conflicts: {
    volume_targets_pkey: ({ uuid }) => taken(`target with UUID ${uuid}`),
    volume_targets_boot_index: ({ boot_index }) => taken(`target with boot index '${boot_index}' for the same node`),
  },
});
