/** A resource that is created, shown, listed, set, unset and deleted by commands of the same form. */
export interface ResourceLife {
  /** How its commands begin. */
  readonly words: string;
  /** Words of `create`; NODE stands for a prepared node. */
  readonly create: readonly string[];
  /** What `show` gives then. */
  readonly made: Readonly<Record<string, unknown>>;
  readonly set: readonly string[];
  readonly changed: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
  readonly cleared: Readonly<Record<string, unknown>>;
  /** Words of `list` that find it among others. */
  readonly find?: readonly string[];
}

/** Stands for the uuid of a node that is manageable and powered off. */
export const NODE = '<node>';

const BIOS_STEP = { interface: 'bios', step: 'factory_reset', args: {} };
const TEMPLATE_STEPS = [{ ...BIOS_STEP, priority: 150 }];
const RUNBOOK_STEPS = [{ ...BIOS_STEP, order: 1 }];
const CONDITIONS = [{ op: 'eq', args: { values: [1, 1] } }];
const ACTIONS = [{ op: 'set-attribute', args: { path: '/extra/seen', value: 'yes' } }];
/** Where a smart NIC has its port: on its own host. */
const SMART_LINK = ['hostname=card-1', 'port_id=rep0-0'].flatMap((part) => ['--local-link-connection', part]);
const json = (value: unknown): string => JSON.stringify(value);

/** Those of the command's resources that are not made by a workflow. */
export const LIVES: readonly ResourceLife[] = [
  {
    words: 'chassis',
    create: ['--description', 'row 1', '--extra', 'a=b'],
    made: { description: 'row 1', extra: { a: 'b' } },
    set: ['--description', 'row 2', '--extra', 'c=d'],
    changed: { description: 'row 2', extra: { a: 'b', c: 'd' } },
    unset: ['--description', '--extra', 'a'],
    cleared: { description: null, extra: { c: 'd' } },
  },
  {
    words: 'node',
    create: ['--driver', 'fake-hardware', '--name', 'life-of-a-node', '--property', 'cpus=4'],
    made: { driver: 'fake-hardware', name: 'life-of-a-node', properties: { cpus: 4 }, provision_state: 'enroll' },
    set: ['--resource-class', 'metal', '--retired', '--retired-reason', 'old'],
    changed: { resource_class: 'metal', retired: true, retired_reason: 'old' },
    unset: ['--resource-class', '--property', 'cpus'],
    cleared: { resource_class: null, properties: {} },
    find: ['--driver', 'fake-hardware', '--provision-state', 'enroll'],
  },
  {
    words: 'port',
    create: ['52:54:00:0c:00:01', '--node', NODE, '--name', 'eth0', '--is-smartnic', ...SMART_LINK],
    made: { address: '52:54:00:0c:00:01', node_uuid: NODE, name: 'eth0', is_smartnic: true },
    set: ['--physical-network', 'net', '--pxe-disabled', '--extra', 'a=b'],
    changed: { physical_network: 'net', pxe_enabled: false, extra: { a: 'b' } },
    unset: ['--physical-network', '--extra', 'a'],
    cleared: { physical_network: null, extra: {} },
    find: ['--node', NODE],
  },
  {
    words: 'port group',
    create: ['--node', NODE, '--name', 'bond0', '--address', '52:54:00:0c:00:02', '--property', 'miimon=100'],
    made: { name: 'bond0', address: '52:54:00:0c:00:02', node_uuid: NODE, properties: { miimon: 100 } },
    set: ['--mode', '802.3ad', '--unsupport-standalone-ports'],
    changed: { mode: '802.3ad', standalone_ports_supported: false },
    unset: ['--name', '--property', 'miimon'],
    cleared: { name: null, properties: {} },
    find: ['--node', NODE],
  },
  {
    words: 'volume connector',
    create: ['--node', NODE, '--type', 'iqn', '--connector-id', 'iqn.2026-11.org.example:host-1'],
    made: { type: 'iqn', connector_id: 'iqn.2026-11.org.example:host-1', node_uuid: NODE, extra: {} },
    set: ['--connector-id', 'iqn.2026-11.org.example:host-2', '--extra', 'a=b'],
    changed: { connector_id: 'iqn.2026-11.org.example:host-2', extra: { a: 'b' } },
    unset: ['--extra', 'a'],
    cleared: { extra: {} },
    find: ['--node', NODE],
  },
  {
    words: 'volume target',
    create: [...'--type iscsi --boot-index 0 --volume-id volume-1 --property target_lun=1 --node'.split(' '), NODE],
    made: { volume_type: 'iscsi', boot_index: 0, volume_id: 'volume-1', properties: { target_lun: 1 } },
    set: ['--boot-index', '1', '--extra', 'a=b'],
    changed: { boot_index: 1, extra: { a: 'b' } },
    unset: ['--property', 'target_lun', '--extra', 'a'],
    cleared: { properties: {}, extra: {} },
    find: ['--node', NODE],
  },
  {
    words: 'deploy template',
    create: ['CUSTOM_FRESH_BIOS', '--steps', json(TEMPLATE_STEPS), '--extra', 'a=b'],
    made: { name: 'CUSTOM_FRESH_BIOS', steps: TEMPLATE_STEPS, extra: { a: 'b' } },
    set: ['--name', 'CUSTOM_FRESHER_BIOS'],
    changed: { name: 'CUSTOM_FRESHER_BIOS' },
    unset: ['--extra', 'a'],
    cleared: { extra: {} },
  },
  {
    words: 'runbook',
    create: ['--name', 'CUSTOM_RESET', '--steps', json(RUNBOOK_STEPS), '--extra', 'a=b'],
    made: { name: 'CUSTOM_RESET', steps: RUNBOOK_STEPS, public: false, extra: { a: 'b' } },
    // Not --public: the client sends a word where Ironic's schema wants a boolean.
    set: ['--description', 'fresh firmware'],
    changed: { description: 'fresh firmware' },
    unset: ['--description', '--extra', 'a'],
    cleared: { description: null, extra: {} },
  },
  {
    words: 'inspection rule',
    // Not --priority: the client sends a word where Ironic's schema wants a number.
    create: ['--description', 'seen', '--conditions', json(CONDITIONS), '--actions', json(ACTIONS)],
    made: { description: 'seen', priority: 0, phase: 'main', sensitive: false },
    set: ['--description', 'seen again'],
    changed: { description: 'seen again' },
    unset: ['--description'],
    cleared: { description: null },
  },
];
