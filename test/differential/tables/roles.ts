import { PEOPLE, type Person } from '../people.ts';
import { patch, type Ask, type Table } from '../table.ts';

const { set, add } = patch;
const N1 = '11111111-1111-4111-8111-111111111111';
const N2 = '22222222-2222-4222-8222-222222222222';
const P1 = '33333333-3333-4333-8333-333333333333';
const G1 = '44444444-4444-4444-8444-444444444444';
const C1 = '55555555-5555-4555-8555-555555555555';
const V1 = '66666666-6666-4666-8666-666666666666';
const T1 = '77777777-7777-4777-8777-777777777777';
const BOOK = 'bcbcbcbc-0000-4000-8000-000000000001';
const NODE = `/v1/nodes/${N1}`;
const OTHER = `/v1/nodes/${N2}`;
const STEP = { interface: 'bios', step: 'factory_reset' };
const driver = 'fake-hardware';

/** What the administrator has made before somebody asks: a node of alpha that is lent to beta, and one of gamma. */
const made: readonly Ask[] = [
  {
    send: 'POST /v1/nodes',
    body: {
      uuid: N1,
      name: 'one',
      driver,
      owner: '{alpha}',
      lessee: '{beta}',
      driver_info: { address: 'bmc', password: 'secret' },
      instance_info: { image_url: 'http://image', plain: 1 },
      extra: { a: 1 },
    },
  },
  { send: 'POST /v1/nodes', body: { uuid: N2, name: 'two', driver, owner: '{gamma}' } },
  { send: 'POST /v1/ports', body: { uuid: P1, node_uuid: N1, address: '52:54:00:00:00:01' } },
  { send: 'POST /v1/portgroups', body: { uuid: G1, node_uuid: N1, name: 'bond' } },
  { send: 'POST /v1/chassis', body: { uuid: C1 } },
  {
    send: 'POST /v1/volume/connectors',
    body: { uuid: V1, node_uuid: N1, type: 'iqn', connector_id: 'iqn.2017-07.org:a' },
  },
  {
    send: 'POST /v1/volume/targets',
    body: {
      uuid: T1,
      node_uuid: N1,
      volume_type: 'iscsi',
      boot_index: 0,
      volume_id: 'v',
      properties: { auth_password: 'x' },
    },
  },
  {
    send: 'POST /v1/runbooks',
    body: { uuid: BOOK, name: 'CUSTOM_BOOK', owner: '{alpha}', steps: [{ ...STEP, order: 1 }] },
  },
];

const change = (...operations: readonly object[]): Ask => ({ send: `PATCH ${NODE}`, body: operations });
const put = (below: string, body?: unknown): Ask => ({
  send: `PUT ${NODE}${below}`,
  ...(body !== undefined && { body }),
});

const reads: readonly Ask[] = [
  ...['', '?detail=true', '?fields=uuid,owner,driver_info', '?owner={alpha}', '?project={beta}', '?lessee={gamma}'].map(
    (query): Ask => ({ send: `GET /v1/nodes${query}` }),
  ),
  ...['', '/states', '/validate', '/traits', '/vifs', '/bios', '/firmware', '/inventory', '/history'].map(
    (part): Ask => ({ send: `GET ${NODE}${part}` }),
  ),
  ...[
    '/children',
    '/allocation',
    '/ports',
    '/portgroups',
    '/volume/connectors',
    '/volume/targets',
    '/states/console',
  ].map((part): Ask => ({ send: `GET ${NODE}${part}` })),
  ...[
    '/management/boot_device',
    '/management/boot_device/supported',
    '/management/indicators',
    '/vendor_passthru/methods',
  ].map((part): Ask => ({ send: `GET ${NODE}${part}` })),
  { send: `GET ${OTHER}` },
  { send: `GET ${OTHER}/states` },
  { send: 'GET /v1/nodes/nobody' },
  ...[
    'ports',
    'portgroups',
    'volume/connectors',
    'volume/targets',
    'chassis',
    'drivers?fields=name',
    'conductors',
    'shards',
  ].map((collection): Ask => ({ send: `GET /v1/${collection}` })),
  ...[
    'allocations',
    'deploy_templates',
    'runbooks',
    'inspection_rules',
    'ports?detail=true',
    'volume/targets?detail=true',
  ].map((collection): Ask => ({ send: `GET /v1/${collection}` })),
  ...[`ports/${P1}`, `portgroups/${G1}`, `chassis/${C1}`, `volume/connectors/${V1}`, `volume/targets/${T1}`].map(
    (one): Ask => ({ send: `GET /v1/${one}` }),
  ),
  ...[
    `runbooks/${BOOK}`,
    `drivers/${driver}?fields=name`,
    `drivers/${driver}/properties`,
    'conductors/nobody',
    'inspection_rules/x',
  ].map((one): Ask => ({ send: `GET /v1/${one}` })),
  { send: 'GET /' },
  { send: 'GET /v1' },
];

/** Changes of each field that has a rule of its own; those that are granted are made again by the next who may. */
const patches: readonly Ask[] = [
  change(add('/extra/b', 2)),
  change(set('/description', 'd')),
  change(set('/driver_info/address', 'x')),
  change(set('/instance_info/plain', 2)),
  change(set('/properties', { cpus: 2 })),
  change(set('/name', 'one')),
  change(set('/owner', '{alpha}')),
  change(set('/lessee', '{beta}')),
  change(set('/maintenance', false)),
  change(set('/protected', false)),
  change(set('/retired', false)),
  change(set('/shard', 's')),
  change(set('/conductor_group', '')),
  change(set('/automated_clean', true)),
  change(set('/disable_power_off', false)),
  change(set('/resource_class', 'big')),
  change(set('/chassis_uuid', C1)),
  change(set('/parent_node', N2)),
  change(set('/network_data', { links: [], networks: [], services: [] })),
  change(set('/boot_interface', 'fake')),
  change(set('/driver', driver)),
  change(set('/instance_uuid', N2)),
  change(set('/instance_uuid', null)),
  change(set('/extra', {}), set('/driver_info/address', 'y')),
  { send: `PATCH ${OTHER}`, body: [set('/extra', {})] },
  { send: 'PATCH /v1/nodes/nobody', body: [set('/extra', {})] },
];

/** What is not valid begins nothing; who may not ask is told that instead. */
const actions: readonly Ask[] = [
  put('/states/provision', { target: 'provide' }),
  put('/states/provision', { target: 'clean', clean_steps: [STEP] }),
  put('/states/provision', { target: 'service', service_steps: [STEP] }),
  put('/states/provision', { target: 'clean', runbook: BOOK }),
  { send: `PUT ${OTHER}/states/provision`, body: { target: 'provide' } },
  put('/states/power', { target: 'nonsense' }),
  put('/states/raid', { logical_disks: [{ size_gb: 100 }] }),
  put('/states/boot_mode', { target: 'nonsense' }),
  put('/states/secure_boot', { target: 'nonsense' }),
  put('/management/boot_device', { boot_device: 'nonsense' }),
  put('/maintenance', { reason: 'repair' }),
  { send: `DELETE ${NODE}/maintenance` },
  put('/traits/CUSTOM_A'),
  { send: `DELETE ${NODE}/traits/CUSTOM_A` },
  { send: `POST ${NODE}/vifs`, body: {} },
  { send: `POST ${NODE}/vmedia`, body: { device_type: 'nonsense', image_url: 'http://a/b' } },
  { send: `POST ${NODE}/vendor_passthru?method=some`, body: {} },
  { send: 'POST /v1/continue_inspection', body: {} },
  { send: 'POST /v1/events', body: { events: [] } },
];

const others: readonly Ask[] = [
  { send: 'POST /v1/nodes', body: { driver: 'nothing' } },
  { send: 'POST /v1/nodes', body: { driver, owner: '{gamma}', power_interface: 'nothing' } },
  { send: 'POST /v1/ports', body: { node_uuid: N1, address: 'bad' } },
  { send: 'POST /v1/ports', body: { node_uuid: N2, address: '52:54:00:00:00:01' } },
  { send: 'POST /v1/portgroups', body: { node_uuid: N1, address: 'bad' } },
  { send: 'POST /v1/volume/connectors', body: { node_uuid: N1, type: 'nonsense', connector_id: 'x' } },
  { send: 'POST /v1/volume/targets', body: { node_uuid: N1, volume_type: 'iscsi' } },
  { send: 'POST /v1/chassis', body: { extra: 3 } },
  { send: 'POST /v1/allocations', body: { resource_class: 3 } },
  { send: 'POST /v1/allocations', body: { resource_class: 'none', owner: '{gamma}', name: 'a b' } },
  { send: 'POST /v1/deploy_templates', body: { name: 'bad' } },
  { send: 'POST /v1/runbooks', body: { name: 'bad' } },
  { send: 'POST /v1/inspection_rules', body: { actions: [] } },
  { send: `PATCH /v1/ports/${P1}`, body: [set('/extra', { a: 1 })] },
  { send: `PATCH /v1/portgroups/${G1}`, body: [set('/extra', { a: 1 })] },
  { send: `PATCH /v1/chassis/${C1}`, body: [set('/extra', { a: 1 })] },
  { send: `PATCH /v1/volume/connectors/${V1}`, body: [set('/extra', { a: 1 })] },
  { send: `PATCH /v1/runbooks/${BOOK}`, body: [set('/extra', { a: 1 })] },
];

const removals: readonly Ask[] = [
  `ports/${P1}`,
  `portgroups/${G1}`,
  `volume/connectors/${V1}`,
  `volume/targets/${T1}`,
  `runbooks/${BOOK}`,
  `nodes/${N2}`,
  `nodes/${N1}`,
  `chassis/${C1}`,
].map((one): Ask => ({ send: `DELETE /v1/${one}` }));

/** With the nodes goes what belongs to them. */
const LEFT = 4;

/** The administrator makes everything, somebody asks, and the administrator removes what is left. */
const roundOf = (person: Person): readonly Ask[] => [
  ...made.map((each): Ask => ({ ...each, as: 'system-admin' })),
  ...[...reads, ...patches, ...actions, ...others, ...removals].map((each): Ask => ({ ...each, as: person })),
  ...removals.slice(-LEFT).map((each): Ask => ({ ...each, as: 'system-admin' })),
];

const everybody: readonly Person[] = [...(Object.keys(PEOPLE) as (keyof typeof PEOPLE)[]), 'nobody', 'forger'];

/** The same requests by everybody. */
export const roles: Table = { name: 'roles', asks: everybody.flatMap(roundOf) };
