import { around, patch, VERSIONS, type Ask, type Table } from '../table.ts';

const NODE = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const GROUP = 'aaaaaaaa-0000-4000-8000-000000000001';
const STRICT = 'aaaaaaaa-0000-4000-8000-000000000002';
const PORT = 'bbbbbbbb-0000-4000-8000-000000000001';
const NOBODY = '99999999-9999-4999-8999-999999999999';
const one = `/v1/portgroups/${GROUP}` as const;
const driver = 'fake-hardware';

const post = (body: object, ...at: string[]): Ask => ({
  send: 'POST /v1/portgroups',
  body: { node_uuid: NODE, ...body },
  ...(at.length > 0 && { at }),
});
const member = (body: object, ...at: string[]): Ask => ({
  send: 'POST /v1/ports',
  body: { node_uuid: NODE, ...body },
  ...(at.length > 0 && { at }),
});

/** /v1/portgroups, those of a node, and their ports. */
export const portgroups: Table = {
  name: 'portgroups',
  asks: [
    { send: 'POST /v1/nodes', body: { driver, uuid: NODE, name: 'one' } },
    { send: 'POST /v1/nodes', body: { driver, uuid: OTHER, name: 'other' } },
    post({ uuid: GROUP, name: 'bond0', address: '52:54:00:AA:00:01', properties: { miimon: 100 }, category: 'x' }),
    { ...post({ name: 'bond0' }), texts: 'same' },
    { ...post({ address: '52:54:00:aa:00:01' }), texts: 'same' },
    { ...post({ uuid: GROUP }), texts: 'same' },
    { ...post({ node_uuid: NOBODY }), texts: 'same' },
    { send: 'POST /v1/portgroups', body: {}, texts: 'same' },
    post({ name: 'a b' }),
    post({ address: 'zz' }),
    post({ standalone_ports_supported: 'perhaps' }),
    post({ mode: '802.3ad' }, '1.22', '1.25'),
    { send: `GET ${one}`, at: VERSIONS },
    { send: `GET ${one}`, at: [...around(26), ...around(102), ...around(103), ...around(111)] },
    { send: 'GET /v1/portgroups/bond0' },
    { send: 'GET /v1/portgroups', at: around(23) },
    { send: 'GET /v1/portgroups/detail' },
    { send: 'GET /v1/portgroups?limit=1' },
    { send: 'GET /v1/portgroups?node=one' },
    { send: 'GET /v1/portgroups?node=nobody', texts: 'same' },
    { send: 'GET /v1/portgroups?address=52:54:00:aa:00:01' },
    { send: 'GET /v1/portgroups?shard=x', at: around(106) },
    { send: 'GET /v1/portgroups?fields=mode', at: around(26) },
    { send: 'GET /v1/portgroups?fields=dynamic_portgroup', at: around(111) },
    { send: 'GET /v1/portgroups?sort_key=properties', texts: 'same' },
    { send: `GET /v1/nodes/${NODE}/portgroups`, at: around(24) },
    { send: `GET /v1/nodes/${NODE}/portgroups/detail` },
    { send: 'GET /v1/nodes/one/portgroups' },
    { send: `PATCH ${one}`, body: [patch.set('/properties', { miimon: 50 }), patch.set('/name', 'bond1')] },
    { send: `PATCH ${one}`, body: [patch.remove('/mode')], texts: 'same' },
    { send: `PATCH ${one}`, body: [patch.set('/node_uuid', NOBODY)], texts: 'same' },
    { send: `PATCH ${one}`, body: [patch.add('/dynamic_portgroup', true)], texts: 'same' },
    { send: `PATCH ${one}`, body: [patch.set('/mode', 'x')], at: ['1.25'], texts: 'same' },
    member({ uuid: PORT, address: '52:54:00:bb:00:01', portgroup_uuid: GROUP }, '1.23', 'latest'),
    { ...member({ address: '52:54:00:bb:00:02', portgroup_uuid: NOBODY }), texts: 'same' },
    { ...member({ address: '52:54:00:bb:00:02', portgroup_uuid: GROUP, node_uuid: OTHER }), texts: 'same' },
    { ...member({ address: '52:54:00:bb:00:02', portgroup_uuid: GROUP, physical_network: 'red' }), texts: 'same' },
    { send: `GET /v1/ports/${PORT}?fields=portgroup_uuid`, at: around(24) },
    { send: `GET ${one}/ports`, at: around(24) },
    { send: `GET ${one}/ports/detail` },
    { send: 'GET /v1/portgroups/nobody/ports', texts: 'same' },
    { send: `GET /v1/ports?portgroup=${GROUP}`, at: around(24) },
    { send: `GET /v1/ports?portgroup=${GROUP}&node=one` },
    { send: `PATCH /v1/ports/${PORT}`, body: [patch.set('/physical_network', 'red')], texts: 'same' },
    { send: `DELETE ${one}` },
    { send: `PATCH /v1/ports/${PORT}`, body: [patch.remove('/portgroup_uuid')] },
    { send: `DELETE ${one}` },
    { send: `DELETE ${one}`, texts: 'same' },
    post({ uuid: STRICT, standalone_ports_supported: false }),
    { ...member({ address: '52:54:00:bb:00:03', portgroup_uuid: STRICT, pxe_enabled: true }), texts: 'same' },
    { send: `DELETE /v1/portgroups/${STRICT}` },
  ],
};
