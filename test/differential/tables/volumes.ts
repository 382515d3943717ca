import { around, patch, type Table } from '../table.ts';

const NODE = '11111111-1111-4111-8111-111111111111';
const NOBODY = '99999999-9999-4999-8999-999999999999';
const C1 = 'cccccccc-0000-4000-8000-000000000001';
const T1 = 'dddddddd-0000-4000-8000-000000000001';
const connectors = '/v1/volume/connectors';
const targets = '/v1/volume/targets';
const connector = { node_uuid: NODE, type: 'iqn', connector_id: 'iqn.2017-07.org:1' };
const target = { node_uuid: NODE, volume_type: 'iscsi', volume_id: 'v', boot_index: 0 };

/** /v1/volume and what is below it. */
export const volumes: Table = {
  name: 'volumes',
  asks: [
    { send: 'POST /v1/nodes', body: { driver: 'fake-hardware', uuid: NODE, name: 'one' } },
    { send: 'GET /v1/volume', at: around(32) },
    { send: 'GET /v1/nodes/one/volume', at: around(32) },
    { send: `POST ${connectors}`, body: { ...connector, uuid: C1, extra: { a: 1 } }, at: around(32) },
    { send: `POST ${connectors}`, body: connector, texts: 'same' },
    { send: `POST ${connectors}`, body: { ...connector, uuid: C1, connector_id: 'x' }, texts: 'same' },
    { send: `POST ${connectors}`, body: { node_uuid: NODE, type: 'iqn' }, texts: 'same' },
    { send: `POST ${connectors}`, body: { ...connector, node_uuid: NOBODY, connector_id: 'y' } },
    { send: `GET ${connectors}/${C1}`, at: around(32) },
    { send: `GET ${connectors}/c1`, texts: 'same' },
    { send: `GET ${connectors}/${NOBODY}`, texts: 'same' },
    { send: `GET ${connectors}` },
    { send: `GET ${connectors}?detail=true`, at: ['1.32', 'latest'] },
    { send: `GET ${connectors}?limit=1` },
    { send: `GET ${connectors}?node=one` },
    { send: `GET ${connectors}?fields=type,bogus`, texts: 'same' },
    { send: `GET /v1/nodes/${NODE}/volume/connectors`, at: around(32) },
    { send: `PATCH ${connectors}/${C1}`, body: [patch.set('/connector_id', 'z')], texts: 'same' },
    { send: `PATCH ${connectors}/${C1}`, body: [patch.add('/bogus', 'z')], texts: 'same' },
    { send: `DELETE ${connectors}/${C1}` },
    { send: `DELETE ${connectors}/${C1}`, texts: 'same' },
    { send: `POST ${targets}`, body: { ...target, uuid: T1, properties: { auth_password: 'x', lun: 1 } } },
    { send: `POST ${targets}`, body: target, texts: 'same' },
    { send: `POST ${targets}`, body: { ...target, boot_index: '1' } },
    { send: `GET ${targets}/${T1}` },
    { send: `GET ${targets}` },
    { send: `GET ${targets}?detail=true` },
    { send: `GET ${targets}?sort_key=properties`, texts: 'same' },
    { send: `GET /v1/nodes/${NODE}/volume/targets` },
    { send: `PATCH ${targets}/${T1}`, body: [patch.set('/boot_index', 3)], texts: 'same' },
    { send: `DELETE ${targets}/${T1}` },
  ],
};
