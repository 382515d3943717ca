import { around, patch, VERSIONS, type Table } from '../table.ts';

const C1 = 'c1111111-1111-4111-8111-111111111111';
const C2 = 'c2222222-2222-4222-8222-222222222222';
const NODE = '11111111-1111-4111-8111-111111111111';
const NOBODY = '99999999-9999-4999-8999-999999999999';
const one = `/v1/chassis/${C1}` as const;

/** /v1/chassis, and the nodes of one. */
export const chassis: Table = {
  name: 'chassis',
  asks: [
    { send: 'POST /v1/chassis', body: { uuid: C1, description: 'rack 1', extra: { a: 1 } } },
    { send: 'POST /v1/chassis', body: { uuid: C2, description: null, extra: null } },
    { send: 'POST /v1/chassis', body: { uuid: C1 }, texts: 'same' },
    { send: 'POST /v1/chassis', body: { uuid: 'c1' } },
    { send: 'POST /v1/chassis', body: { bogus: 1 }, texts: 'same' },
    { send: 'POST /v1/chassis', body: { description: 7 } },
    { send: 'POST /v1/chassis', body: { description: 'x'.repeat(256) } },
    { send: `GET ${one}`, at: VERSIONS },
    { send: `GET ${one}?fields=uuid,extra`, at: around(8) },
    { send: `GET ${one}?fields=bogus`, texts: 'same' },
    { send: 'GET /v1/chassis/c1', texts: 'same' },
    { send: `GET /v1/chassis/${NOBODY}`, texts: 'same' },
    { send: 'GET /v1/chassis', at: VERSIONS },
    { send: 'GET /v1/chassis/detail' },
    { send: 'GET /v1/chassis?detail=true', at: around(43) },
    { send: 'GET /v1/chassis?detail=true&fields=uuid', texts: 'same' },
    { send: 'GET /v1/chassis?limit=1' },
    { send: `GET /v1/chassis?limit=1&marker=${C1}` },
    { send: `GET /v1/chassis?marker=${NOBODY}`, texts: 'same' },
    { send: 'GET /v1/chassis?sort_key=description&sort_dir=desc' },
    { send: 'GET /v1/chassis?sort_key=extra', texts: 'same' },
    { send: 'GET /v1/chassis?sort_key=bogus', texts: 'same' },
    { send: 'GET /v1/chassis?bogus=1' },
    { send: `PATCH ${one}`, body: [patch.set('/description', 'rack 2'), patch.remove('/extra/a')] },
    { send: `PATCH ${one}`, body: [patch.remove('/extra/none')] },
    { send: `PATCH ${one}`, body: [patch.add('/bogus', 1)] },
    { send: `PATCH ${one}`, body: [patch.remove('/description')] },
    { send: 'POST /v1/nodes', body: { driver: 'fake-hardware', uuid: NODE, chassis_uuid: NOBODY }, texts: 'same' },
    { send: 'POST /v1/nodes', body: { driver: 'fake-hardware', uuid: NODE, chassis_uuid: C1 } },
    { send: `GET ${one}/nodes` },
    { send: `GET /v1/chassis/${C2}/nodes` },
    { send: `GET /v1/chassis/${NOBODY}/nodes`, texts: 'same' },
    { send: `GET /v1/nodes?chassis_uuid=${C1}` },
    { send: `GET /v1/nodes?chassis_uuid=${NOBODY}`, texts: 'same' },
    { send: `DELETE ${one}`, texts: 'same' },
    { send: `PATCH /v1/nodes/${NODE}`, body: [patch.remove('/chassis_uuid')], at: ['1.24'] },
    { send: `DELETE /v1/nodes/${NODE}` },
    { send: `DELETE ${one}` },
    { send: `DELETE ${one}`, texts: 'same' },
  ],
};
