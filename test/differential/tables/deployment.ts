import { patch, type Ask, type Table } from '../table.ts';
import { verbsOf } from '../verbs.ts';

const N1 = '11111111-1111-4111-8111-111111111111';
const INSTANCE = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const { refused, done, show } = verbsOf('one');

const STEP = { interface: 'deploy', step: 'make_coffee', args: {}, priority: 50 };
const CORE = { interface: 'deploy', step: 'deploy', args: {}, priority: 50 };
const deploy = (...steps: readonly unknown[]) => ({ deploy_steps: steps });

const badDrives: readonly Ask[] = [
  refused('active', { configdrive: 3 }),
  refused('active', { configdrive: [] }),
  refused('active', { configdrive: { more: 1 } }),
  refused('active', { configdrive: { meta_data: 3 } }),
  refused('active', { configdrive: { network_data: 'x' } }),
  refused('active', { configdrive: { user_data: 3 } }),
  refused('active', { configdrive: 'not base64!' }),
  refused('active', { configdrive: { meta_data: {} } }, '1.55'),
  refused('active', { configdrive: { vendor_data: {} } }, '1.58'),
];

const badSteps: readonly Ask[] = [
  refused('active', { deploy_steps: 'text' }),
  refused('active', deploy(3)),
  refused('active', deploy({})),
  refused('active', deploy({ ...STEP, priority: -1 })),
  refused('active', deploy({ ...STEP, priority: 'x' })),
  refused('active', deploy({ interface: 'deploy', step: 'x', args: {} })),
  refused('active', deploy({ interface: 'deploy', step: 'x', priority: 1 })),
  refused('active', deploy({ ...STEP, interface: 'console' })),
  refused('active', deploy({ ...STEP, more: 1 })),
  refused('active', deploy(STEP), '1.68'),
  refused('active', { clean_steps: [STEP] }),
  refused('active', { rescue_password: 'x' }),
  refused('active', { disable_ramdisk: true }),
  refused('active', { service_steps: [{ interface: 'bios', step: 'factory_reset' }] }),
  refused('active', { runbook: 'CUSTOM_NOBODY' }),
  refused('active', deploy(CORE)),
  refused('active', deploy({ ...CORE, priority: 0, args: { colour: 'red' } })),
  refused('active', deploy({ ...CORE, priority: 0 }, { ...CORE, priority: 0 })),
  refused('deploy', {}, '1.72'),
  refused('undeploy', {}, '1.72'),
];

const inUse: readonly Ask[] = [
  refused('active'),
  refused('clean', { clean_steps: [] }),
  { send: 'DELETE /v1/nodes/one' },
  { send: 'PATCH /v1/nodes/one', body: [patch.set('/resource_class', 'other')] },
  { send: 'PATCH /v1/nodes/one', body: [patch.set('/protected', true), patch.set('/protected_reason', 'mine')] },
  show(),
  refused('deleted'),
  refused('rebuild'),
  { send: 'PUT /v1/nodes/one/maintenance', body: {} },
  { send: 'DELETE /v1/nodes/one' },
  refused('rebuild'),
  { send: 'DELETE /v1/nodes/one/maintenance' },
  { send: 'PATCH /v1/nodes/one', body: [patch.set('/protected', false)] },
  refused('rebuild', { configdrive: 'abcd' }, '1.34'),
  refused('rebuild', { configdrive: { meta_data: {} } }, '1.55'),
  refused('rebuild', { configdrive: { more: 1 } }),
  refused('rebuild', deploy(3)),
  ...done('rebuild', 'active'),
  ...done('rebuild', 'active', { configdrive: { meta_data: { name: 'web' }, user_data: 'hello' } }),
  { send: 'GET /v1/nodes/one?fields=instance_info' },
];

const failed: readonly Ask[] = [
  {
    send: 'PATCH /v1/nodes/one',
    body: [patch.set('/extra', { failed: true })],
    put: { one: { provision_state: 'deploy failed', target_provision_state: 'active', last_error: 'It failed.' } },
  },
  show(),
  refused('provide'),
  refused('abort'),
  refused('manage'),
  ...done('active', 'active'),
];

/** Deployment, rebuild and giving back of a node, with all arguments, good and bad. */
export const deployment: Table = {
  name: 'deployment',
  asks: [
    {
      send: 'POST /v1/nodes',
      body: { uuid: N1, name: 'one', driver: 'fake-hardware', resource_class: 'big' },
    },
    ...done('manage', 'manageable'),
    ...done('provide', 'available'),
    ...badDrives,
    ...badSteps,
    ...done('active', 'active'),
    ...done('deleted', 'available'),
    ...done('active', 'active', { configdrive: '' }),
    ...done('deleted', 'available', { configdrive: '' }),
    {
      send: 'PATCH /v1/nodes/one',
      body: [
        patch.set('/instance_uuid', INSTANCE),
        patch.set('/instance_name', 'web'),
        patch.set('/instance_info', { display_name: 'web', capabilities: {} }),
      ],
    },
    ...done('active', 'active', { deploy_steps: [] }),
    ...inUse,
    ...done('deleted', 'available'),
    ...done('deploy', 'active'),
    ...done('undeploy', 'available'),
    ...failed,
    ...done('undeploy', 'available'),
    ...done('active', 'active'),
    { send: 'PATCH /v1/nodes/one', body: [patch.set('/retired', true)] },
    ...done('deleted', 'manageable'),
  ],
};
