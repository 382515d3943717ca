import { patch, type Ask, type Table } from '../table.ts';
import { verbsOf } from '../verbs.ts';

const N1 = '11111111-1111-4111-8111-111111111111';
const N3 = '33333333-3333-4333-8333-333333333333';
const N2 = '22222222-2222-4222-8222-222222222222';
const { refused, done } = verbsOf('one');
const bare = verbsOf('two');
const held = verbsOf('held');

const RESET = { interface: 'bios', step: 'factory_reset' };
const UNKNOWN = { interface: 'bios', step: 'make_coffee' };
const service = (...steps: readonly unknown[]) => ({ service_steps: steps });
const driver = 'fake-hardware';

const adoption: readonly Ask[] = [
  ...done('manage', 'manageable'),
  refused('adopt', { clean_steps: [RESET] }),
  ...done('adopt', 'active'),
  refused('adopt'),
];

const rescue: readonly Ask[] = [
  refused('rescue'),
  refused('rescue', { rescue_password: '' }),
  refused('rescue', { rescue_password: '  ' }),
  refused('rescue', { rescue_password: 5 }),
  refused('rescue', { rescue_password: null }),
  refused('rescue', { rescue_password: 'x' }, '1.37'),
  refused('rescue', { rescue_password: 'x', clean_steps: [RESET] }),
  refused('unrescue'),
  ...done('rescue', 'rescue', { rescue_password: 'secret' }),
  refused('active'),
  refused('service', service(RESET)),
  ...done('rescue', 'rescue', { rescue_password: 'other' }),
  refused('unrescue', { rescue_password: 'x' }),
  ...done('unrescue', 'active'),
  ...done('rescue', 'rescue', { rescue_password: 'secret' }),
  { send: 'PUT /v1/nodes/one/maintenance', body: {} },
  refused('unrescue'),
  { send: 'DELETE /v1/nodes/one/maintenance' },
  ...done('unrescue', 'active'),
  { send: 'PUT /v1/nodes/one/maintenance', body: {} },
  refused('rescue', { rescue_password: 'secret' }),
  refused('service', service(RESET)),
  { send: 'DELETE /v1/nodes/one/maintenance' },
];

const badService: readonly Ask[] = [
  refused('service', {}),
  refused('service', service()),
  refused('service', { service_steps: 'text' }),
  refused('service', service(3)),
  refused('service', service({ interface: 'bios' })),
  refused('service', service({ interface: 'console', step: 'x' })),
  refused('service', service({ ...RESET, priority: 1 })),
  refused('service', service({ ...RESET, more: 1 })),
  refused('service', service(RESET), '1.86'),
  refused('service', { ...service(RESET), disable_ramdisk: true }, '1.107'),
  refused('service', { ...service(RESET), clean_steps: [RESET] }),
  refused('service', { ...service(RESET), rescue_password: 'x' }),
  refused('service', { ...service(RESET), runbook: 'CUSTOM_NOBODY' }),
  refused('rebuild', service(RESET)),
];

const servicing: readonly Ask[] = [
  ...badService,
  ...done('service', 'active', service(RESET)),
  ...done('service', 'service failed', service(UNKNOWN)),
  { send: 'DELETE /v1/nodes/one/maintenance' },
  refused('rebuild'),
  refused('unhold'),
  ...done('abort', 'active'),
  ...done('service', 'service failed', service(UNKNOWN)),
  { send: 'DELETE /v1/nodes/one/maintenance' },
  ...done('service', 'active', service(RESET)),
  ...done('service', 'service failed', service(UNKNOWN)),
  { send: 'PUT /v1/nodes/one/maintenance', body: {} },
  refused('abort'),
  { send: 'DELETE /v1/nodes/one/maintenance' },
  ...done('rescue', 'rescue', { rescue_password: 'secret' }),
  ...done('deleted', 'available'),
];

// With a step that its driver doesn't offer for service Ironic leaves the list as it is, and comes to the step that holds.
const onHold: readonly Ask[] = [
  ...held.done('manage', 'manageable'),
  ...held.done('adopt', 'active'),
  ...held.done('service', 'service hold', service({ interface: 'power', step: 'hold' }, RESET)),
  held.refused('rebuild'),
  { send: 'PATCH /v1/nodes/held', body: [patch.set('/description', 'held')] },
  ...held.done('unhold', { ironic: 'service failed', anneal: 'active' }),
];

const withoutRescue: readonly Ask[] = [
  ...bare.done('manage', 'manageable'),
  ...bare.done('adopt', 'active'),
  bare.refused('rescue', { rescue_password: 'secret' }),
  ...bare.done('deleted', 'available'),
];

/** Adoption, rescue and service of nodes in use, with all arguments, good and bad. */
export const inUse: Table = {
  name: 'in-use',
  asks: [
    {
      send: 'POST /v1/nodes',
      body: { uuid: N1, name: 'one', driver, rescue_interface: 'fake' },
    },
    { send: 'POST /v1/nodes', body: { uuid: N3, name: 'held', driver } },
    { send: 'POST /v1/nodes', body: { uuid: N2, name: 'two', driver, rescue_interface: 'no-rescue' } },
    ...adoption,
    ...rescue,
    ...servicing,
    ...onHold,
    ...withoutRescue,
  ],
};
