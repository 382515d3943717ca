import { around, VERSIONS, type Ask, type Table } from '../table.ts';

const N1 = '11111111-1111-4111-8111-111111111111';
const P1 = '33333333-3333-4333-8333-333333333333';
const VIF = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
const NODE = `/v1/nodes/${N1}`;

const get = (below: string, ...at: string[]): Ask => ({ send: `GET ${NODE}${below}`, ...(at.length > 0 && { at }) });
const put = (below: string, body: unknown, ...at: string[]): Ask => ({
  send: `PUT ${NODE}${below}`,
  ...(body !== undefined && { body }),
  ...(at.length > 0 && { at }),
});
const drop = (below: string, ...at: string[]): Ask => ({
  send: `DELETE ${NODE}${below}`,
  ...(at.length > 0 && { at }),
});

const traits: readonly Ask[] = [
  get('/traits', ...around(37)),
  put('/traits/CUSTOM_A', undefined, ...around(37)),
  put('/traits/custom_a', undefined),
  put('/traits/HW_CPU_X86_VMX', undefined),
  put('/traits/HW_NONSENSE_OF_MINE', undefined),
  put('/traits/CUSTOM_B', { traits: ['CUSTOM_C'] }),
  put('/traits', { traits: ['CUSTOM_C', 'CUSTOM_B'] }),
  put('/traits', { traits: ['bad'] }),
  put('/traits', { traits: 'CUSTOM_A' }),
  put('/traits', {}),
  put('/traits', { more: [] }),
  get('/traits'),
  drop('/traits/CUSTOM_B'),
  drop('/traits/CUSTOM_B'),
  drop('/traits'),
  get('/traits'),
];

const vifs: readonly Ask[] = [
  get('/vifs', ...around(28)),
  { send: `POST ${NODE}/vifs`, body: { id: VIF }, at: ['1.27'] },
  { send: `POST ${NODE}/vifs`, body: {} },
  { send: `POST ${NODE}/vifs`, body: { id: 3 } },
  { send: `POST ${NODE}/vifs`, body: { id: VIF, port_uuid: P1, portgroup_uuid: P1 } },
  drop(`/vifs/${VIF}`, '1.27'),
];

const management: readonly Ask[] = [
  get('/management/boot_device/supported', '1.1', 'latest'),
  put('/management/boot_device', { boot_device: 'nonsense' }),
  put('/management/boot_device', {}),
  put('/management/boot_device', { boot_device: 'pxe', persistent: 'maybe' }),
  put('/management/boot_device', { boot_device: 'pxe', more: 1 }),
  put('/management/boot_device', { boot_device: 'pxe', persistent: false }),
  get('/management/boot_device', '1.1', 'latest'),
  put('/management/inject_nmi', {}, '1.28'),
  get('/management/indicators', '1.1', ...around(63), 'latest'),
  get('/management/indicators/led@system'),
  get('/management/indicators/led@nowhere'),
  get('/management/indicators/nothing@system'),
  get('/management/indicators/led'),
  put('/management/indicators/led@system', { state: 'ON' }),
  put('/management/indicators/led', { state: 'ON' }),
  get('/management/nonsense'),
];

const states: readonly Ask[] = [
  get('/states', ...VERSIONS),
  get('/states/console', '1.1', 'latest'),
  put('/states/console', { enabled: true }),
  put('/states/console', { enabled: 'maybe' }),
  put('/states/console', {}),
  put('/states/raid', { logical_disks: [{ size_gb: 100, raid_level: '1' }] }, ...around(12)),
  put('/states/raid', { logical_disks: [] }),
  put('/states/raid', { logical_disks: [{ size_gb: 100 }] }),
  put('/states/raid', { logical_disks: [{ size_gb: 'MAX', raid_level: '7' }] }),
  put('/states/raid', {
    logical_disks: [
      { size_gb: 'MAX', raid_level: '0', is_root_volume: true },
      { size_gb: 1, raid_level: '0', is_root_volume: true },
    ],
  }),
  put('/states/raid', [1]),
  put('/states/raid', {}),
  get('/states'),
  put('/states/boot_mode', { target: 'uefi' }, '1.75'),
  put('/states/boot_mode', { target: 'nonsense' }),
  put('/states/boot_mode', {}),
  put('/states/secure_boot', { target: true }, '1.75'),
  put('/states/secure_boot', { target: 'nonsense' }),
  put('/states/power', { target: 'nonsense' }),
  put('/states/power', {}),
  put('/states/power', { target: 'power on', timeout: 0 }),
  put('/states/power', { target: 'power on', timeout: 'x' }),
  put('/states/power', { target: 'power on', timeout: 5 }, '1.26'),
  put('/states/power', { target: 'soft power off' }, '1.26'),
  put('/states/power', { target: 'power on', more: 1 }),
  get('/states/nonsense'),
];

const maintenance: readonly Ask[] = [
  put('/maintenance', { reason: 'repair' }, '1.1', 'latest'),
  get('?fields=maintenance,maintenance_reason,fault'),
  put('/maintenance', {}),
  get('?fields=maintenance,maintenance_reason,fault'),
  put('/maintenance', undefined),
  put('/maintenance', { reason: 3 }),
  put('/maintenance', { more: 1 }),
  drop('/maintenance'),
  drop('/maintenance'),
  get('?fields=maintenance,maintenance_reason,fault'),
];

const records: readonly Ask[] = [
  get('/bios', ...around(40), ...around(74), 'latest'),
  get('/bios?detail=true', ...around(74)),
  get('/bios?fields=name', ...around(74)),
  get('/bios?fields=nonsense'),
  get('/bios?nonsense=1'),
  get('/bios/ProcVirtualization', ...around(40), 'latest'),
  get('/firmware', ...around(86), 'latest'),
  get('/firmware?fields=component'),
  get('/firmware?fields=vendor', ...around(114)),
  get('/firmware?nonsense=1'),
  get('/inventory', ...around(81)),
  get('/history', ...around(78), 'latest'),
  get('/history?detail=true'),
  get('/history/11111111-1111-4111-8111-111111111111'),
  get('/history/x%20y'),
  get('/vmedia', ...around(93)),
  { send: `POST ${NODE}/vmedia`, body: { device_type: 'nonsense', image_url: 'http://a/b' } },
  { send: `POST ${NODE}/vmedia`, body: { device_type: 'cdrom', image_url: 'file:///a' } },
  { send: `POST ${NODE}/vmedia`, body: { device_type: 'cdrom' } },
  { send: `POST ${NODE}/vmedia`, body: { device_type: 'cdrom', image_url: 'http://a/b' }, at: ['1.88'] },
  drop('/vmedia?device_types=nonsense'),
  drop('/vmedia', '1.88'),
  get('/vendor_passthru/methods'),
  { send: `POST ${NODE}/vendor_passthru?method=some`, body: {} },
  { send: `POST ${NODE}/vendor_passthru`, body: {} },
  { send: `GET ${NODE}/vendor_passthru?method=third_method_sync` },
  { send: `POST ${NODE}/vendor_passthru?method=third_method_sync`, body: {} },
  { send: `POST ${NODE}/vendor_passthru?method=third_method_sync`, body: { bar: '' } },
  { send: `POST ${NODE}/vendor_passthru?method=third_method_sync`, body: { bar: 'meow' } },
  { send: `POST ${NODE}/vendor_passthru/third_method_sync`, body: { bar: 'bark' } },
  { send: `POST ${NODE}/vendor_passthru?method=fourth_method_shared_lock`, body: { bar: 'woof' } },
  get('/validate', '1.1', '1.40', 'latest'),
  { send: `GET /v1/nodes/validate?node=${N1}`, at: ['1.1', 'latest'] },
  { send: 'GET /v1/nodes/validate?node=one', at: ['1.4', 'latest'] },
  { send: `GET /v1/nodes/validate?node_uuid=${N1}` },
  { send: 'GET /v1/nodes/validate?node=nobody' },
  { send: 'GET /v1/nodes/validate?node_uuid=x' },
];

/** What stands below a node. */
export const nodeParts: Table = {
  name: 'node-parts',
  asks: [
    { send: 'POST /v1/nodes', body: { uuid: N1, name: 'one', driver: 'fake-hardware' } },
    ...traits,
    ...vifs,
    ...management,
    ...states,
    ...maintenance,
    ...records,
    ...['traits', 'states', 'states/console', 'bios', 'firmware', 'history', 'validate', 'management/boot_device'].map(
      (part): Ask => ({ send: `GET /v1/nodes/nobody/${part}` }),
    ),
  ],
};
