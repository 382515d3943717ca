import { around, VERSIONS, type Ask, type Table } from '../table.ts';

const N1 = '11111111-1111-4111-8111-111111111111';
const N2 = '22222222-2222-4222-8222-222222222222';
const INSTANCE = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const NOBODY = '99999999-9999-4999-8999-999999999999';
const driver = 'fake-hardware';

const post = (fields: Readonly<Record<string, unknown>>, ...at: string[]): Ask => ({
  send: 'POST /v1/nodes',
  body: { driver, ...fields },
  ...(at.length > 0 && { at }),
});

/** A field with a value that is sent before its version came, and with it. */
const young: readonly (readonly [number, Readonly<Record<string, unknown>>])[] = [
  [21, { resource_class: 'big' }],
  [31, { power_interface: 'fake' }],
  [46, { conductor_group: 'x' }],
  [47, { automated_clean: true }],
  [50, { owner: 'alice' }],
  [51, { description: 'words' }],
  [61, { retired: true }],
  [65, { lessee: 'bob' }],
  [75, { boot_mode: 'bios' }],
  [75, { secure_boot: false }],
  [82, { shard: 's1' }],
  [104, { instance_name: 'web' }],
];

/** POST /v1/nodes: what makes a node, what is refused, and what the answer shows at each version. */
export const nodeCreate: Table = {
  name: 'node-create',
  asks: [
    ...VERSIONS.slice(3).map((version, index) => post({ uuid: `${N1.slice(0, -2)}${10 + index}` }, version)),
    post({
      uuid: N2,
      name: 'two',
      resource_class: 'big',
      owner: 'alice',
      lessee: 'bob',
      shard: 's1',
      description: 'the Second one',
      driver_info: { ipmi_password: 'secret', address: 'a', nested: { password: 'x' } },
      instance_info: { image_url: 'http://image', configdrive: 'abc', admin_password: 'x', plain: 1 },
      properties: { cpus: 4, capabilities: 'boot_mode:uefi' },
      extra: { a: { b: [1, 2] }, password: 'seen' },
      instance_uuid: INSTANCE,
      instance_name: 'web',
      automated_clean: false,
      disable_power_off: true,
      retired: true,
      retired_reason: 'old',
      network_data: { links: [], networks: [], services: [] },
      power_interface: 'fake',
    }),
    post({ name: 'two' }),
    post({ uuid: N2 }),
    post({ instance_uuid: INSTANCE }),
    post({ parent_node: N2, owner: 'alice', name: 'child' }),
    post({ parent_node: 'two', owner: 'alice' }),
    post({ parent_node: N2, owner: 'bob' }),
    post({ parent_node: NOBODY }),
    { send: 'POST /v1/nodes', body: {} },
    { send: 'POST /v1/nodes', body: 'not json' },
    { send: 'POST /v1/nodes', body: '' },
    { send: 'POST /v1/nodes', body: [] },
    post({ driver: 'nothing' }),
    post({ driver: 3 }),
    post({ colour: 'red' }),
    post({ protected: true }),
    post({ provision_state: 'active' }),
    post({ uuid: 'no-uuid' }),
    post({ instance_uuid: 'no-uuid' }),
    post({ name: 'has space' }),
    post({ name: '' }),
    post({ name: 'Under_score~.x' }),
    post({ name: NOBODY }),
    post({ name: 'states' }),
    post({ name: 'detail' }),
    post({ name: 'early' }, ...around(5)),
    post({ name: 'under_score' }, '1.9'),
    post({ name: null, owner: null, resource_class: null, description: null }),
    post({ properties: null, extra: null, driver_info: null, instance_info: null }),
    post({ properties: 'text' }),
    post({ maintenance: 'True' }),
    post({ maintenance: 'maybe' }),
    post({ description: 'x'.repeat(4097) }),
    post({ resource_class: 'x'.repeat(81) }),
    post({ conductor_group: 'elsewhere' }),
    post({ conductor_group: 'b@d' }),
    post({ conductor_group: '' }, '1.45'),
    post({ boot_mode: 'uefi', secure_boot: true, console_enabled: 'True' }),
    post({ boot_mode: 'nonsense' }),
    post({ boot_mode: 3 }),
    post({ secure_boot: 3 }),
    post({ console_enabled: 'maybe' }),
    post({ power_interface: 'nothing' }),
    post({ instance_name: '' }),
    post({ network_data: { links: [] } }),
    ...young.map(
      ([minor, fields]) => ({ send: 'POST /v1/nodes', body: { driver, ...fields }, at: around(minor) }) as const,
    ),
  ],
};
