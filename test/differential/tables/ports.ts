import { around, patch, VERSIONS, type Ask, type Table } from '../table.ts';

const { set, add, remove } = patch;
const N1 = '11111111-1111-4111-8111-111111111111';
const N2 = '22222222-2222-4222-8222-222222222222';
const P1 = '33333333-3333-4333-8333-333333333333';
const P2 = '44444444-4444-4444-8444-444444444444';
const NOBODY = '99999999-9999-4999-8999-999999999999';
const MAC = '52:54:00:00:00:01';

const get = (query: string, ...at: string[]): Ask => ({ send: `GET /v1/ports${query}`, ...(at.length > 0 && { at }) });
const post = (fields: Readonly<Record<string, unknown>>, ...at: string[]): Ask => ({
  send: 'POST /v1/ports',
  body: { node_uuid: N1, ...fields },
  ...(at.length > 0 && { at }),
});
const change = (operations: readonly object[], ...at: string[]): Ask => ({
  send: `PATCH /v1/ports/${P1}`,
  body: operations,
  ...(at.length > 0 && { at }),
});

const mac = (last: number): string => `52:54:00:00:01:${last.toString(16).padStart(2, '0')}`;

/** A field with a value that is sent before its version came, and with it. */
const young: readonly (readonly [number, Readonly<Record<string, unknown>>])[] = [
  [19, { pxe_enabled: false }],
  [34, { physical_network: 'physnet1' }],
  [53, { is_smartnic: false }],
  [88, { name: 'young' }],
  [97, { description: 'words' }],
  [100, { vendor: 'acme' }],
  [101, { category: 'fast' }],
  [111, { available_for_dynamic_portgroup: false }],
];

const link = { switch_id: '0a:1b:2c:3d:4e:5f', port_id: 'Eth1', switch_info: 'sw1' };

const refused: readonly Ask[] = [
  post({ address: MAC }),
  post({ address: MAC.replaceAll(':', '-') }),
  post({ address: 'nonsense' }),
  post({}),
  { send: 'POST /v1/ports', body: { address: mac(90) } },
  { send: 'POST /v1/ports', body: { address: mac(90), node_uuid: NOBODY } },
  { send: 'POST /v1/ports', body: { address: mac(90), node_uuid: 'one' } },
  { send: 'POST /v1/ports', body: { address: mac(90), node_ident: 'one' }, at: around(94) },
  post({ address: mac(91), node_ident: 'one' }),
  post({ address: mac(92), colour: 'red' }),
  post({ address: mac(92), uuid: P2 }),
  post({ address: mac(92), uuid: 'x' }),
  post({ address: mac(92), physical_network: '' }),
  post({ address: mac(92), physical_network: 'x'.repeat(65) }),
  post({ address: mac(92), local_link_connection: { port_id: 'x' } }),
  post({ address: mac(92), local_link_connection: { ...link, more: 1 } }),
  post({ address: mac(92), local_link_connection: { ...link, switch_id: 'nonsense' } }),
  post({ address: mac(92), is_smartnic: true, local_link_connection: link }),
  post({ address: mac(92), pxe_enabled: 'maybe' }),
  post({ address: mac(92), portgroup_uuid: NOBODY }),
  post({ address: mac(92), name: 'second' }),
];

/** Ports: created, listed, shown, changed, removed. */
export const ports: Table = {
  name: 'ports',
  asks: [
    { send: 'POST /v1/nodes', body: { uuid: N1, name: 'one', driver: 'fake-hardware', shard: 's1' } },
    { send: 'POST /v1/nodes', body: { uuid: N2, name: 'two', driver: 'fake-hardware' } },
    get(''),
    post({ uuid: P1, address: MAC.toUpperCase() }, '1.1'),
    post({
      uuid: P2,
      address: '52:54:00:00:00:02',
      name: 'second',
      description: 'the Second',
      vendor: 'acme',
      category: 'fast',
      pxe_enabled: false,
      physical_network: 'physnet1',
      local_link_connection: link,
      extra: { a: 1 },
    }),
    ...refused,
    ...young.map(([minor, fields], index) => post({ address: mac(index), ...fields }, ...around(minor))),
    post({ address: mac(20), local_link_connection: { port_id: 'p', hostname: 'h' }, is_smartnic: true }),
    post({ address: mac(21), local_link_connection: { network_type: 'unmanaged' } }, ...around(64)),
    post({ address: mac(22), local_link_connection: { ...link, switch_id: '00000a1b2c3d4e5f' } }),
    get('', ...VERSIONS),
    get('/detail', ...VERSIONS),
    get(`/${P2}`, ...VERSIONS),
    get('/second', 'latest'),
    get(`/${MAC}`),
    get(`/${NOBODY}`),
    get('/nobody'),
    get(`/${P2}?fields=uuid,address,extra`, ...around(8)),
    get(`/${P2}?fields=nonsense`),
    get('?fields=uuid,node_uuid'),
    get('?fields=pxe_enabled', ...around(19)),
    get('?fields=physical_network', ...around(34)),
    get('?fields=nonsense'),
    get('?detail=true', ...around(43)),
    get('?detail=true&fields=uuid'),
    get(`?address=${MAC}`),
    get(`?address=${mac(99)}`),
    get('?address=nonsense'),
    get(`?node_uuid=${N1}&limit=2`),
    get('?node=one', '1.4', '1.5', 'latest'),
    get('?node=nobody'),
    get(`?node_uuid=${NOBODY}`),
    get('?node_uuid=x'),
    get('?shard=s1', ...around(82)),
    get('?shard=s1&node=one'),
    get('?description_contains=Second'),
    get('?conductor_groups=elsewhere'),
    get('?conductor_groups=elsewhere&node=one'),
    get('?limit=1'),
    get(`?limit=1&marker=${P1}&sort_key=address&sort_dir=desc`),
    get(`?marker=${NOBODY}`),
    get('?sort_key=extra'),
    get('?sort_key=nonsense'),
    get('?sort_dir=x'),
    get('?nonsense=1'),
    { send: `GET /v1/nodes/${N1}/ports`, at: ['1.1', 'latest'] },
    { send: 'GET /v1/nodes/one/ports?detail=true' },
    { send: 'GET /v1/nodes/two/ports' },
    { send: 'GET /v1/nodes/nobody/ports' },
    { send: `GET /v1/nodes/${N1}/ports/detail` },
    { send: `GET /v1/nodes/${N1}/ports/${P1}` },
    change([set('/extra', { x: 1 })], '1.1', 'latest'),
    change([set('/address', '52:54:00:00:00:aa')]),
    change([set('/address', '52:54:00:00:00:02')]),
    change([set('/address', 'x')]),
    change([remove('/address')]),
    change([set('/node_uuid', N2)]),
    change([set('/node_uuid', N1)]),
    change([set('/node_uuid', NOBODY)]),
    change([set('/pxe_enabled', false)], ...around(19)),
    change([set('/physical_network', 'p')], ...around(34)),
    change([set('/physical_network', '')]),
    change([remove('/physical_network')]),
    change([set('/local_link_connection', link)], ...around(19)),
    change([add('/local_link_connection/switch_info', 'sw2')]),
    change([remove('/local_link_connection')]),
    change([set('/is_smartnic', true)], ...around(53)),
    change([set('/name', 'first')], ...around(88)),
    change([set('/name', 'second')]),
    change([set('/description', 'd')], ...around(97)),
    change([set('/vendor', 'v')], ...around(100)),
    change([set('/category', 'c')], ...around(101)),
    change([set('/available_for_dynamic_portgroup', false)], ...around(111)),
    change([set('/uuid', P2)]),
    change([set('/internal_info', {})]),
    change([set('/nonsense', 1)]),
    change([]),
    { send: 'PATCH /v1/ports/nobody', body: [set('/extra', {})] },
    { send: `DELETE /v1/ports/${P1}` },
    { send: `DELETE /v1/ports/${P1}` },
    { send: 'DELETE /v1/ports/second' },
    { send: 'DELETE /v1/ports/x%20y' },
  ],
};
