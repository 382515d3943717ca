import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CALLER_ATTRIBUTES, TARGET_ATTRIBUTES, writeCheck, type Check } from '../../../../domain/policy/check.ts';
import { evaluate, type Credentials, type Target } from '../../../../domain/policy/evaluate.ts';
import { parseCheck } from '../../../../domain/policy/parse.ts';

const role = (name: string): Check => ({ kind: 'role', role: { text: name } });

describe('parseCheck', () => {
  const READ: readonly (readonly [string, Check])[] = [
    ['', { kind: 'always' }],
    ['@', { kind: 'always' }],
    ['!', { kind: 'never' }],
    ['role:admin', role('admin')],
    ['rule:a:b', { kind: 'rule', name: 'a:b' }],
    ['system_scope:all', { kind: 'attribute', attribute: 'system_scope', value: { text: 'all' } }],
    ['project_id:%(node.owner)s', { kind: 'attribute', attribute: 'project_id', value: { of: 'node.owner' } }],
    ['not role:a', { kind: 'not', check: role('a') }],
    // `and` binds closer than `or`, `not` closest.
    [
      'role:a or role:b and not role:c',
      { kind: 'or', checks: [role('a'), { kind: 'and', checks: [role('b'), { kind: 'not', check: role('c') }] }] },
    ],
    [
      '(role:a or role:b) AND role:c',
      { kind: 'and', checks: [{ kind: 'or', checks: [role('a'), role('b')] }, role('c')] },
    ],
    ['((role:a))', role('a')],
  ];
  for (const [text, check] of READ) it(`reads ${text || 'nothing'}`, () => assert.deepEqual(parseCheck(text), check));

  const REFUSED: readonly (readonly [string, RegExp])[] = [
    ['admin', /"admin" is no check/],
    ['role:', /"role:" is no check/],
    ['role:a role:b', /"role:b" is not expected here/],
    ['role:a or', /a check is missing at the end/],
    ['(role:a', /a "\)" is missing/],
    ['role:a)', /"\)" is not expected here/],
    ['tenant:%(node.owner)s', /"tenant" is no attribute of a caller/],
    ['http://example.org/', /"http" is no attribute of a caller/],
    ['project_id:%(node.ower)s', /compares with nothing known/],
    ["'x':%(node.owner)s", /is no attribute/],
    [`${'('.repeat(99)}role:a${')'.repeat(99)}`, /nested deeper/],
    [`${'not '.repeat(99)}role:a`, /nested deeper/],
  ];
  for (const [text, message] of REFUSED)
    it(`refuses ${text.slice(0, 40)}`, () => assert.throws(() => parseCheck(text), { message }));

  it('reads back what writeCheck writes', () => {
    const operand = fc.oneof(
      fc.constantFrom('a', 'b', 'all').map((text) => ({ text })),
      fc.constantFrom(...TARGET_ATTRIBUTES).map((of) => ({ of })),
    );
    const { check } = fc.letrec<{ check: Check }>((tie) => ({
      check: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Check>({ kind: 'always' }, { kind: 'never' }, { kind: 'rule', name: 'r:x' }),
        operand.map((one): Check => ({ kind: 'role', role: one })),
        fc
          .tuple(fc.constantFrom(...CALLER_ATTRIBUTES), operand)
          .map(([attribute, value]): Check => ({ kind: 'attribute', attribute, value })),
        tie('check').map((inner): Check => ({ kind: 'not', check: inner })),
        fc
          .tuple(fc.constantFrom('and', 'or'), fc.array(tie('check'), { minLength: 2, maxLength: 3 }))
          .map(([kind, checks]): Check => ({ kind, checks })),
      ),
    }));
    fc.assert(fc.property(check, (one) => assert.deepEqual(parseCheck(writeCheck(one)), one)));
  });
});

describe('evaluate', () => {
  const ask = (
    text: string,
    credentials: Partial<Credentials>,
    target: Target = {},
    rules: Record<string, string> = {},
  ) =>
    evaluate(parseCheck(text), {
      checks: new Map(Object.entries(rules).map(([name, check]) => [name, parseCheck(check)])),
      credentials: { roles: [], attributes: {}, ...credentials },
      target,
    });

  it('compares roles in either case, as oslo.policy does', () => {
    assert.equal(ask('role:Admin', { roles: ['aDmin'] }).allowed, true);
    assert.equal(ask('role:admin', { roles: ['administrator'] }).allowed, false);
  });

  it('compares the caller’s project with the owner', () => {
    const caller = { attributes: { project_id: 'p1' } };
    assert.equal(ask('project_id:%(node.owner)s', caller, { 'node.owner': 'p1' }).allowed, true);
    assert.equal(ask('project_id:%(node.owner)s', caller, { 'node.owner': 'p2' }).allowed, false);
  });

  it('never takes a missing owner for a missing project', () => {
    for (const target of [{}, { 'node.owner': null }])
      for (const attributes of [{}, { project_id: 'None' }])
        assert.equal(ask('project_id:%(node.owner)s', { attributes }, target).allowed, false);
  });

  it('knows None, in a policy file, as what is not set', () => {
    assert.equal(ask('domain_id:None', {}).allowed, true);
    assert.equal(ask('domain_id:None', { attributes: { domain_id: 'd' } }).allowed, false);
  });

  it('says which part decided', () => {
    const { because } = ask('rule:mine or role:admin', { roles: ['reader'] }, {}, { mine: 'system_scope:all' });
    assert.deepEqual(because, [
      'rule:mine: system_scope:all fails: the caller’s system_scope is not set',
      'role:admin fails: the caller’s roles are reader',
    ]);
    assert.deepEqual(ask('role:a or role:b', { roles: ['b'] }).because, ['role:b holds: the caller’s roles are b']);
  });

  it('refuses by a rule that is not there', () => assert.equal(ask('rule:none', {}).allowed, false));
});
