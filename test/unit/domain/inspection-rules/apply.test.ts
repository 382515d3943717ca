import assert from 'node:assert/strict';
import { applyRules, type Masking } from '../../../../domain/inspection-rules/apply.ts';
import { fillIn } from '../../../../domain/inspection-rules/format.ts';
import { ruleErrors } from '../../../../domain/inspection-rules/validate.ts';
import { aRule, aWorld } from './a-rule.ts';

describe('inspection rules', () => {
  it('act in the order of their priority, and see what those before them did', () => {
    const set = (value: string) => [{ op: 'set-attribute', args: { path: 'resource_class', value } }];
    const rules = [
      aRule({ uuid: 'low', priority: 1, actions: set('{node.resource_class}-low') }),
      aRule({ uuid: 'high', priority: 9, actions: set('high') }),
      aRule({
        uuid: 'never',
        priority: 5,
        conditions: [{ op: 'is-true', args: { value: false } }],
        actions: set('never'),
      }),
    ];
    const { node, applied } = applyRules(rules, aWorld());
    assert.equal(node['resource_class'], 'high-low');
    assert.deepEqual(applied, ['high', 'low']);
  });

  it('change nothing that they were given', () => {
    const world = aWorld();
    applyRules([aRule({ actions: [{ op: 'set-attribute', args: { path: 'extra/x', value: 1 } }] })], world);
    assert.deepEqual(world, aWorld());
  });

  it('see passwords that an agent reported only as the operator says, and never those of the node', () => {
    const value = '{inventory[bmc_password]} {node.driver_info[ipmi_password]}';
    const actions = [{ op: 'set-attribute', args: { path: 'extra/seen', value } }];
    const seen = (sensitive: boolean, masking: Masking) =>
      (applyRules([aRule({ sensitive, actions })], aWorld(), masking).node['extra'] as { seen: string }).seen;
    for (const [sensitive, masking, expected] of [
      [true, 'always', '*** ***'],
      [false, 'sensitive', '*** ***'],
      [true, 'sensitive', 'reported-secret ***'],
      [false, 'never', 'reported-secret ***'],
    ] as const)
      assert.equal(seen(sensitive, masking), expected, `${masking}, ${sensitive ? '' : 'not '}sensitive`);
  });

  it('act only where all conditions hold', () => {
    const conditions = [
      { op: 'is-true', args: { value: true } },
      { op: 'is-false', args: { value: true } },
    ];
    assert.deepEqual(applyRules([aRule({ conditions })], aWorld()).applied, []);
  });
});

describe('texts of inspection rules', () => {
  const context = { node: { name: 'n1', extra: { 'a b': [true, null] } }, inventory: { x: { y: 1.5 }, s: "it's" } };
  const CASES: readonly [string, string][] = [
    ['plain', 'plain'],
    ['{node.name}!', 'n1!'],
    ['{node.extra[a b][0]} {node.extra[a b][1]}', 'True None'],
    ['{inventory[x]}', "{'y': 1.5}"],
    ['{inventory}', `{'x': {'y': 1.5}, 's': "it's"}`],
    ['{{{node.name}}}', '{n1}'],
    ['{node.name!s:}', 'n1'],
    // What can't be filled in stays as it is.
    ['{inventory.x}', '{inventory.x}'],
    ['{inventory[z]}', '{inventory[z]}'],
    ['{node.extra[a b][7]}', '{node.extra[a b][7]}'],
    ['{nobody}', '{nobody}'],
    ['{node.name:>9}', '{node.name:>9}'],
    ['{', '{'],
    ['{}', '{}'],
    ['{node.name} {', '{node.name} {'],
    ['{node.constructor}', '{node.constructor}'],
  ];
  for (const [text, filled] of CASES) {
    it(`${text} becomes ${filled}`, () => assert.equal(fillIn(text, context), filled));
  }
});

describe('a rule to be stored', () => {
  const CASES: readonly [string, Parameters<typeof aRule>[0], RegExp | undefined][] = [
    ['is whole', {}, undefined],
    ['may give its arguments as a list', { actions: [{ op: 'set-attribute', args: ['extra/x', 1] }] }, undefined],
    ['needs a known phase', { phase: 'pre' }, /Invalid phase: pre\. Valid phases are: main/],
    ['has no negative priority', { priority: -1 }, /Priority cannot be negative/],
    ['has a priority up to 9999', { priority: 10_000 }, /between 0 and 9999/],
    ['needs known operators', { conditions: [{ op: '!near', args: {} }] }, /Unsupported condition operator: near/],
    ['needs known actions', { actions: [{ op: 'explode', args: {} }] }, /Unsupported action operator: explode/],
    [
      'needs all arguments',
      { actions: [{ op: 'set-attribute', args: { path: 'x' } }] },
      /missing required argument\(s\): value/,
    ],
    [
      'needs all of a list',
      { conditions: [{ op: 'in-net', args: ['192.0.2.1'] }] },
      /missing required argument\(s\): subnet/,
    ],
    ['has no other arguments', { actions: [{ op: 'fail', args: { msg: 'x', y: 1 } }] }, /unexpected argument\(s\): y/],
    ['has not too many', { actions: [{ op: 'fail', args: ['x', 1] }] }, /too many arguments/],
    [
      'has patterns that can be read',
      { conditions: [{ op: 'matches', args: { value: 'x', regex: '(' } }] },
      /invalid regular/,
    ],
  ];
  for (const [what, parts, message] of CASES) {
    it(what, () => {
      const errors = ruleErrors(aRule(parts));
      if (message === undefined) assert.deepEqual(errors, []);
      else assert.match(errors.join('; '), message);
    });
  }
});
