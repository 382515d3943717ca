import assert from 'node:assert/strict';
import { ACTIONS } from '../../../../domain/inspection-rules/actions.ts';
import { applyRules, type RuleOutcome } from '../../../../domain/inspection-rules/apply.ts';
import type { RuleAction } from '../../../../domain/inspection-rules/rule.ts';
import type { JsonObject } from '../../../../domain/node.ts';
import { aRule, aWorld } from './a-rule.ts';

const run = (...actions: RuleAction[]): RuleOutcome => applyRules([aRule({ actions })], aWorld());
const extra = ({ node }: RuleOutcome): unknown => node['extra'];
const capabilities = ({ node }: RuleOutcome): unknown => (node['properties'] as JsonObject)['capabilities'];
const port = ({ ports }: RuleOutcome): unknown => ports[0];
const was = aWorld();

type Case = [op: string, args: RuleAction['args'], see: (outcome: RuleOutcome) => unknown, expected: unknown];

const CASES: readonly Case[] = [
  [
    'log',
    { msg: 'CPU {inventory[cpu][count]}', level: 'WARNING' },
    ({ log }) => log,
    [{ level: 'warning', message: 'CPU 4' }],
  ],
  ['set-attribute', { path: 'resource_class', value: 'metal' }, ({ node }) => node['resource_class'], 'metal'],
  ['set-attribute', { path: '/extra/a/b', value: 7 }, extra, { tags: ['a'], a: { b: 7 } }],
  ['set-attribute', { path: 'extra.host', value: '{inventory[hostname]}' }, extra, { tags: ['a'], host: 'rack7-u12' }],
  ['set-attribute', ['extra/x', { y: '{node.name}' }], extra, { tags: ['a'], x: { y: 'n1' } }],
  ['extend-attribute', { path: 'extra/tags', value: 'a' }, extra, { tags: ['a', 'a'] }],
  ['extend-attribute', { path: 'extra/tags', value: 'a', unique: true }, extra, { tags: ['a'] }],
  ['extend-attribute', { path: 'extra/new', value: 1 }, extra, { tags: ['a'], new: [1] }],
  ['del-attribute', { path: 'extra/tags' }, extra, {}],
  [
    'set-capability',
    { name: 'rack', value: '{inventory[hostname]}' },
    capabilities,
    'boot_mode:uefi,cpu_vt:true,rack:rack7-u12',
  ],
  ['set-capability', { name: 'boot_mode', value: 'bios' }, capabilities, 'boot_mode:bios,cpu_vt:true'],
  ['unset-capability', { name: 'boot_mode' }, capabilities, 'cpu_vt:true'],
  ['add-trait', { name: 'CUSTOM_NEW' }, ({ traits }) => traits, ['CUSTOM_NEW', 'CUSTOM_OLD']],
  ['remove-trait', { name: 'CUSTOM_OLD' }, ({ traits }) => traits, []],
  ['remove-trait', { name: 'CUSTOM_OTHER' }, ({ traits }) => traits, ['CUSTOM_OLD']],
  [
    'set-plugin-data',
    { path: 'lldp.speed', value: 25 },
    ({ pluginData }) => pluginData['lldp'],
    { port: 'e1', speed: 25 },
  ],
  ['extend-plugin-data', { path: 'list', value: 1, unique: true }, ({ pluginData }) => pluginData['list'], [1]],
  ['extend-plugin-data', { path: 'more.list', value: 2 }, ({ pluginData }) => pluginData['more'], { list: [2] }],
  ['unset-plugin-data', { path: 'lldp.port' }, ({ pluginData }) => pluginData, { lldp: {}, list: [1] }],
  ['unset-plugin-data', { path: 'not.there' }, ({ pluginData }) => pluginData, was.pluginData],
  [
    'set-port-attribute',
    { port_id: 'p1', path: 'extra/rack', value: '7' },
    port,
    { ...was.ports[0], extra: { rack: '7' } },
  ],
  ['extend-port-attribute', { port_id: 'p1', path: 'extra/l', value: 1 }, port, { ...was.ports[0], extra: { l: [1] } }],
  [
    'del-port-attribute',
    { port_id: 'p1', path: 'local_link_connection/port_id' },
    port,
    { ...was.ports[0], local_link_connection: {} },
  ],
  [
    'api-call',
    { url: 'http://127.0.0.1/{node.uuid}', headers: { 'X-A': 1 }, timeout: 2, retries: 1 },
    ({ calls }) => calls,
    [
      {
        url: `http://127.0.0.1/${String(was.node['uuid'])}`,
        headers: { 'X-A': '1' },
        proxy: null,
        timeoutMs: 2000,
        retries: 1,
        backoffS: 0.3,
      },
    ],
  ],
];

describe('actions of inspection rules', () => {
  for (const [op, args, see, expected] of CASES) {
    it(`${op} ${JSON.stringify(args)}`, () => {
      assert.deepEqual(see(run({ op, args })), expected);
    });
  }

  it('are all tried above or below', () => {
    const tried = new Set(['fail', ...CASES.map(([op]) => op)]);
    assert.deepEqual(
      Object.keys(ACTIONS).filter((name) => !tried.has(name)),
      [],
    );
  });

  const FAILING: readonly [string, RuleAction['args'], RegExp][] = [
    ['fail', { msg: 'wrong firmware' }, /^wrong firmware$/],
    ['log', { msg: 'x', level: 'loud' }, /loud is not one of/],
    ['extend-attribute', { path: 'extra', value: 1 }, /extra is no list/],
    ['set-attribute', { path: 'name/x', value: 1 }, /leads through name, which is no object/],
    ['del-attribute', { path: 'extra/none' }, /extra\/none is not there/],
    ['set-attribute', { path: 'extra/__proto__/x', value: 1 }, /is no path/],
    ['add-trait', { name: 'small' }, /small is no trait/],
    ['set-port-attribute', { port_id: 'p9', path: 'extra/x', value: 1 }, /no port p9/],
    ['api-call', { url: 'http://127.0.0.1/', timeout: 0 }, /timeout must be greater than zero/],
    ['api-call', { url: 'file:///etc/passwd' }, /neither http nor https/],
    ['api-call', { url: 'http://127.0.0.1/', backoff_factor: 'slow' }, /backoff_factor must be a number/],
    ['api-call', { url: 'http://127.0.0.1/', proxies: { http: 'socks5://127.0.0.1' } }, /proxy for http is neither/],
  ];
  for (const [op, args, message] of FAILING) {
    it(`fail on ${op} ${JSON.stringify(args)}`, () => {
      assert.throws(() => run({ op, args }), { code: 'InspectionRuleFailed', message });
    });
  }

  it('loop over items, with fields inside the items', () => {
    const loop = [
      { path: 'extra/bmc', value: '{inventory[bmc_address]}' },
      { path: 'extra/cpus', value: '{inventory[cpu][count]}' },
    ];
    const outcome = run({ op: 'set-attribute', args: { path: '{item[path]}', value: '{item[value]}' }, loop });
    assert.deepEqual(extra(outcome), { tags: ['a'], bmc: '192.0.2.7', cpus: '4' });
  });

  it('show no secret to a rule', () => {
    const texts = ['{inventory[bmc_password]}', '{node.driver_info[ipmi_password]}', '{node.driver_info}'];
    const { log } = run(...texts.map((msg) => ({ op: 'log', args: { msg } })));
    assert.deepEqual(
      log.slice(0, 2).map(({ message }) => message),
      ['***', '***'],
    );
    assert.equal(JSON.stringify(log).includes('secret'), false);
  });
});
