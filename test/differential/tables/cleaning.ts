import { around, patch, type Ask, type Table } from '../table.ts';
import { verbsOf } from '../verbs.ts';

const N1 = '11111111-1111-4111-8111-111111111111';
const RUNBOOK = 'bcbcbcbc-0000-4000-8000-000000000001';
const OTHER = 'bcbcbcbc-0000-4000-8000-000000000002';
const N2 = '22222222-2222-4222-8222-222222222222';
const N3 = '33333333-3333-4333-8333-333333333333';
const { refused, done, show } = verbsOf('one');
const other = verbsOf('two');

const RESET = { interface: 'bios', step: 'factory_reset' };
const APPLY = { interface: 'bios', step: 'apply_configuration', args: { settings: [{ name: 'a', value: 'b' }] } };
const UNKNOWN = { interface: 'deploy', step: 'make_coffee' };
const clean = (...steps: readonly unknown[]) => ({ clean_steps: steps });
const special = (step: string, args?: object) => clean({ interface: 'power', step, ...(args && { args }) });

const early: readonly Ask[] = [
  ...done('manage', 'manageable'),
  refused('inspect', clean(RESET)),
  refused('manage', { colour: 'red' }),
  { send: 'PUT /v1/nodes/one/states/provision', body: {} },
  { send: 'PUT /v1/nodes/one/states/provision', body: { target: 3 } },
  { send: 'PUT /v1/nodes/one/states/provision', body: 'not json' },
  { send: 'PUT /v1/nodes/nobody/states/provision', body: { target: 'manage' } },
  { send: `PUT /v1/nodes/${N1}/states/provision`, body: { target: 'nonsense' } },
];

const badSteps: readonly Ask[] = [
  refused('clean', {}),
  refused('clean', { clean_steps: [] }),
  refused('clean', { clean_steps: null }),
  refused('clean', { clean_steps: 'text' }),
  refused('clean', { clean_steps: {} }),
  refused('clean', clean(3)),
  refused('clean', clean({})),
  refused('clean', clean({ step: 'factory_reset' })),
  refused('clean', clean({ interface: 'bios' })),
  refused('clean', clean({ interface: 'console', step: 'x' })),
  refused('clean', clean({ interface: 'network', step: 'x' })),
  refused('clean', clean({ interface: 'bios', step: '' })),
  refused('clean', clean({ interface: 'bios', step: 3 })),
  refused('clean', clean({ ...RESET, args: 'x' })),
  refused('clean', clean({ ...RESET, args: null })),
  refused('clean', clean({ ...RESET, priority: 5 })),
  refused('clean', clean({ ...RESET, order: 'abc' })),
  refused('clean', clean({ ...RESET, more: 1 })),
];

const badArguments: readonly Ask[] = [
  refused('clean', clean(RESET), '1.14'),
  refused('clean', { ...clean(RESET), disable_ramdisk: true }, '1.69'),
  refused('clean', { ...clean(RESET), disable_ramdisk: 'maybe' }),
  refused('clean', { ...clean(RESET), rescue_password: 'x' }),
  refused('clean', { ...clean(RESET), rescue_password: 5 }),
  refused('clean', { ...clean(RESET), deploy_steps: [{ ...RESET, args: {}, priority: 1 }] }),
  refused('clean', { ...clean(RESET), service_steps: [RESET] }),
  refused('clean', { ...clean(RESET), configdrive: { meta_data: {} } }),
  refused('clean', { ...clean(RESET), configdrive: 'abcd' }),
  refused('provide', clean(RESET)),
  refused('provide', { service_steps: [RESET] }),
  refused('provide', { deploy_steps: [{ ...RESET, args: {}, priority: 1 }] }),
  refused('provide', { disable_ramdisk: true }),
  refused('provide', { rescue_password: 'x' }),
  refused('provide', { configdrive: { meta_data: {} } }),
  refused('provide', { runbook: RUNBOOK }),
  refused('provide', { runbook: 'CUSTOM_BOOK' }, '1.91'),
];

const runbook = (body: object): Ask => ({
  send: 'POST /v1/runbooks',
  body: { steps: [{ ...RESET, order: 1 }], ...body },
});

const runbooks: readonly Ask[] = [
  runbook({ uuid: RUNBOOK, name: 'CUSTOM_BOOK', traits: ['CUSTOM_BOOK'] }),
  runbook({ uuid: OTHER, name: 'CUSTOM_OTHER' }),
  refused('clean', { runbook: RUNBOOK }, ...around(92), ...around(112)),
  refused('clean', { runbook: OTHER }),
  refused('clean', { runbook: 'CUSTOM_NOBODY' }),
  refused('clean', { runbook: 3 }),
  { send: 'PUT /v1/nodes/one/traits/CUSTOM_BOOK' },
  refused('clean', { runbook: RUNBOOK, ...clean(RESET) }),
  refused('clean', { runbook: RUNBOOK, service_steps: [RESET] }),
  refused('provide', { runbook: RUNBOOK }),
  ...done('clean', 'manageable', { runbook: 'CUSTOM_BOOK' }),
];

const failing: readonly Ask[] = [
  ...done('clean', 'clean failed', clean(UNKNOWN)),
  refused('clean', clean(RESET)),
  refused('abort'),
  ...done('manage', 'manageable'),
  ...done('clean', 'clean failed', clean({ interface: 'bios', step: 'apply_configuration' })),
  ...done('manage', 'manageable'),
  ...done('clean', 'clean failed', clean({ ...APPLY, args: { ...APPLY.args, colour: 'red' } })),
  ...done('manage', 'manageable'),
  ...done('clean', 'clean failed', clean({ ...RESET, args: { colour: 'red' } })),
  ...done('manage', 'manageable'),
  ...done('clean', 'clean failed', { ...clean(RESET), disable_ramdisk: true }),
  ...done('manage', 'manageable'),
  ...done('clean', 'clean failed', clean(RESET, UNKNOWN)),
  ...done('manage', 'manageable'),
];

const held = verbsOf('held');
// Ironic 39 loses these steps when it looks at the others: its node comes to rest at once.
const onHold = { ironic: 'manageable', anneal: 'clean hold' } as const;
const specials: readonly Ask[] = [
  ...done('clean', 'manageable', special('power_on')),
  ...done('clean', 'manageable', special('power_off')),
  ...done('clean', 'manageable', special('reboot')),
  ...done('clean', 'manageable', special('wait', { seconds: 0 })),
  ...held.done('manage', 'manageable'),
  ...held.done('clean', onHold, special('hold')),
  ...held.done('unhold', 'manageable'),
  ...held.done('clean', onHold, clean(RESET, { interface: 'power', step: 'hold' })),
  ...held.done('abort', { ironic: 'manageable', anneal: 'clean failed' }),
];

/** Verification, inspection and cleaning of a node, with all arguments, good and bad. */
export const cleaning: Table = {
  name: 'cleaning',
  asks: [
    { send: 'POST /v1/nodes', body: { uuid: N1, name: 'one', driver: 'fake-hardware' } },
    { send: 'POST /v1/nodes', body: { uuid: N2, name: 'two', driver: 'fake-hardware' } },
    { send: 'POST /v1/nodes', body: { uuid: N3, name: 'held', driver: 'fake-hardware' } },
    show(),
    ...other.done('manage', 'manageable'),
    ...other.done('inspect', 'manageable'),
    { send: 'PUT /v1/nodes/two/maintenance', body: {} },
    ...other.done('inspect', 'manageable'),
    other.refused('clean', clean(RESET)),
    ...early,
    ...badSteps,
    ...badArguments,
    ...done('clean', 'manageable', clean(RESET)),
    ...done('clean', 'manageable', clean(APPLY)),
    { send: 'GET /v1/nodes/one/bios?fields=name,value' },
    ...done('clean', 'manageable', clean(RESET, APPLY, RESET)),
    ...done('clean', 'manageable', { ...clean({ ...RESET, order: 1, args: {} }), disable_ramdisk: null }),
    ...runbooks,
    ...failing,
    ...specials,
    ...done('provide', 'available'),
    refused('provide'),
    refused('clean', clean(RESET)),
    ...done('manage', 'manageable'),
    { send: 'PATCH /v1/nodes/one', body: [patch.set('/automated_clean', false)] },
    ...done('provide', 'available'),
    ...done('manage', 'manageable'),
    { send: 'PUT /v1/nodes/one/maintenance', body: { reason: 'repair' } },
    refused('clean', clean(RESET)),
    ...done('provide', 'available'),
    refused('active'),
    refused('deploy'),
    ...done('manage', 'manageable'),
    { send: 'DELETE /v1/nodes/one/maintenance' },
    { send: 'PATCH /v1/nodes/one', body: [patch.set('/retired', true)] },
    refused('provide'),
    ...done('clean', 'manageable', clean(RESET)),
  ],
};
