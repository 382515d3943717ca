import assert from 'node:assert/strict';
import { applyRules } from '../../../../domain/inspection-rules/apply.ts';
import { OPERATORS } from '../../../../domain/inspection-rules/operators.ts';
import type { RuleCondition } from '../../../../domain/inspection-rules/rule.ts';
import { aRule, aWorld } from './a-rule.ts';

/** Whether a rule with this condition acts. */
function acts(condition: RuleCondition): boolean {
  return applyRules([aRule({ conditions: [condition] })], aWorld()).applied.length === 1;
}

type Case = [op: string, args: RuleCondition['args'], holds: boolean];

const CASES: readonly Case[] = [
  ['eq', { values: [1, 1.0, 1] }, true],
  ['eq', { values: [1, 2] }, false],
  ['eq', { values: [true, 1] }, true],
  ['eq', { values: ['{inventory[cpu][count]}', '4'] }, true],
  // What was filled in is a text.
  ['eq', { values: ['{inventory[cpu][count]}', 4] }, false],
  ['eq', { values: ['{inventory[cpu][count]}', 4], force_strings: true }, true],
  ['eq', { values: [{ a: [1] }, { a: [1] }] }, true],
  ['eq', { values: [{ a: [1] }, { a: [2] }] }, false],
  ['eq', { values: ['alone'] }, true],
  ['eq', [['a', 'a']], true],
  ['!eq', { values: [1, 2] }, true],
  ['! eq', { values: [1, 1] }, false],
  ['lt', { values: [1, 2, 3] }, true],
  ['lt', { values: [1, 3, 2] }, false],
  ['lt', { values: ['a', 'b'] }, true],
  ['gt', { values: [3, 2] }, true],
  ['gt', { values: [2, 2] }, false],
  ['is-empty', { value: '' }, true],
  ['is-empty', { value: [] }, true],
  ['is-empty', { value: {} }, true],
  ['is-empty', { value: null }, true],
  ['is-empty', { value: '{inventory[nothing]}' }, true],
  ['is-empty', { value: '{inventory[hostname]}' }, false],
  ['is-empty', { value: 0 }, false],
  ['in-net', { address: '{inventory[bmc_address]}', subnet: '192.0.2.0/24' }, true],
  ['in-net', { address: '192.0.3.1', subnet: '192.0.2.0/24' }, false],
  ['in-net', { address: '192.0.2.9', subnet: '192.0.2.9' }, true],
  ['in-net', { address: '2001:db8::1', subnet: '2001:db8::/32' }, true],
  ['in-net', { address: '2001:db9::1', subnet: '2001:db8::/32' }, false],
  ['in-net', { address: '::ffff:192.0.2.1', subnet: '::ffff:192.0.2.0/120' }, true],
  ['in-net', { address: '192.0.2.1', subnet: '2001:db8::/32' }, false],
  ['matches', { value: '{inventory[hostname]}', regex: 'rack[0-9]+-u12' }, true],
  ['matches', { value: '{inventory[hostname]}', regex: 'rack' }, false],
  ['matches', { value: 'ABC', regex: '(?i)abc' }, true],
  ['matches', { value: 'xabc', regex: 'abc' }, false],
  ['matches', { value: 12, regex: '(?P<number>[0-9]+)$' }, true],
  ['contains', { value: '{inventory[hostname]}', regex: 'u1' }, true],
  ['contains', { value: '{inventory[hostname]}', regex: '^u1' }, false],
  ['one-of', { value: '{inventory[cpu][architecture]}', values: ['aarch64', 'x86_64'] }, true],
  ['one-of', { value: 's390x', values: ['aarch64'] }, false],
  ['one-of', { value: 1 }, false],
  ['is-none', { value: null }, true],
  ['is-none', { value: 'None' }, false],
  ['is-true', { value: true }, true],
  ['is-true', { value: 'Yes' }, true],
  ['is-true', { value: 1 }, true],
  ['is-true', { value: 'on' }, false],
  ['is-true', { value: null }, false],
  ['is-true', { value: '{inventory[interfaces][0][has_carrier]}' }, true],
  ['is-false', { value: false }, true],
  ['is-false', { value: 'no' }, true],
  ['is-false', { value: 0 }, true],
  ['is-false', { value: null }, true],
  ['is-false', { value: 'off' }, false],
  ['is-false', { value: '{inventory[interfaces][1][has_carrier]}' }, true],
];

describe('operators of inspection rules', () => {
  for (const [op, args, holds] of CASES) {
    it(`${op} ${JSON.stringify(args)} ${holds ? 'holds' : 'does not hold'}`, () => {
      assert.equal(acts({ op, args }), holds);
    });
  }

  it('are all tried both ways above', () => {
    for (const name of Object.keys(OPERATORS)) {
      const tried = new Set(CASES.filter(([op]) => op === name).map(([, , holds]) => holds));
      assert.equal(tried.size, 2, name);
    }
  });

  const FAILING: readonly [string, RuleCondition['args'], RegExp][] = [
    ['lt', { values: [1, 'a'] }, /1 and a can't be compared/],
    ['eq', { values: 'a' }, /a list is expected for 'values'/],
    ['in-net', { address: 'x', subnet: '192.0.2.0/24' }, /no address or network/],
    ['in-net', { address: '192.0.2.1', subnet: '192.0.2.0/33' }, /no address or network/],
    ['matches', { value: 'x', regex: '(' }, /invalid regular expression/],
  ];
  for (const [op, args, message] of FAILING) {
    it(`fail on ${op} ${JSON.stringify(args)}`, () => {
      assert.throws(() => acts({ op, args }), { code: 'InspectionRuleFailed', message });
    });
  }

  const LOOPS: readonly [RuleCondition['multiple'], readonly string[], boolean][] = [
    ['any', ['x', 'rack7-u12'], true],
    ['any', ['x', 'y'], false],
    ['all', ['rack7-u12', 'rack7-u12'], true],
    ['all', ['rack7-u12', 'x'], false],
    ['first', ['rack7-u12', 'x'], true],
    ['first', ['x', 'y'], false],
    ['last', ['x', 'rack7-u12'], true],
    ['last', ['rack7-u12', 'x'], false],
  ];
  for (const [multiple, loop, holds] of LOOPS) {
    it(`in a loop over ${loop.join(', ')} with ${multiple} ${holds ? 'hold' : 'do not hold'}`, () => {
      const args = { values: ['{inventory[hostname]}', '{item}'] };
      assert.equal(acts({ op: 'eq', args, loop, multiple: multiple ?? 'any' }), holds);
    });
  }

  it('loop over an object as one item, whose texts are filled in too', () => {
    const loop = { left: '{inventory[cpu][count]}', right: 4 };
    assert.equal(acts({ op: 'eq', args: { values: ['{item[left]}', '{item[right]}'] }, loop }), true);
  });
});
