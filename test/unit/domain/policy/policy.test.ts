import assert from 'node:assert/strict';
import type { Credentials } from '../../../../domain/policy/evaluate.ts';
import { createPolicy } from '../../../../domain/policy/policy.ts';
import { parsePolicyFile } from '../../../../domain/policy/policy-file.ts';

const load = (text: string) => createPolicy(parsePolicyFile(text, 'policy.yaml'), 'policy.yaml');

const ofProject = (project: string, ...roles: string[]): Credentials => ({
  roles,
  attributes: { project_id: project },
});
const ofSystem = (...roles: string[]): Credentials => ({ roles, attributes: { system_scope: 'all' } });

describe('the default policy', () => {
  const policy = createPolicy();
  const mine = { 'node.owner': 'p1', 'node.lessee': null };
  const leased = { 'node.owner': 'p2', 'node.lessee': 'p1' };

  const CASES = [
    ['baremetal:node:get', ofProject('p1', 'reader'), mine, true],
    ['baremetal:node:get', ofProject('p1', 'reader'), leased, true],
    ['baremetal:node:get', ofProject('p3', 'admin', 'member', 'reader'), mine, false],
    ['baremetal:node:get', ofSystem('reader'), mine, true],
    ['baremetal:node:set_power_state', ofProject('p1', 'reader'), mine, false],
    ['baremetal:node:set_power_state', ofProject('p1', 'member', 'reader'), leased, true],
    ['baremetal:node:set_provision_state', ofProject('p1', 'member', 'reader'), leased, false],
    ['baremetal:node:set_provision_state', ofProject('p1', 'manager', 'member', 'reader'), leased, true],
    ['baremetal:node:update:owner', ofProject('p1', 'admin', 'member', 'reader'), mine, false],
    ['baremetal:node:delete:self_owned_node', ofProject('p1', 'admin'), mine, true],
    ['baremetal:node:delete:self_owned_node', ofProject('p1', 'admin'), leased, false],
    ['baremetal:node:create', ofSystem('service'), {}, true],
    ['baremetal:allocation:create', ofProject('p1', 'member'), {}, true],
    // A project's admin is nobody where only the system counts, and a domain's is nobody anywhere.
    ['baremetal:driver:get', ofProject('p1', 'admin', 'member', 'reader'), {}, false],
    ['baremetal:driver:get', ofSystem('reader'), {}, true],
    ['baremetal:node:list', { roles: ['reader'], attributes: { domain_id: 'd' } }, {}, false],
  ] as const;
  for (const [rule, caller, target, allowed] of CASES)
    it(`${allowed ? 'allows' : 'refuses'} ${rule} on ${JSON.stringify(target)} to ${caller.roles.join()} of ${Object.values(caller.attributes).join()}`, () => {
      assert.equal(policy.ask(rule, caller, target).allowed, allowed);
    });

  it('lets a project’s service act for the system only when that was configured', () => {
    const nova: Credentials = { roles: ['service'], attributes: { project_id: 's', project_name: 'service' } };
    assert.equal(policy.ask('baremetal:node:list_all', nova, {}).allowed, false);
    assert.equal(
      policy.ask('baremetal:node:list_all', nova, { 'config.service_project_name': 'service' }).allowed,
      true,
    );
  });

  it('says which scope is missing', () => {
    const { because } = policy.ask('baremetal:chassis:get', ofProject('p1', 'admin'), {});
    assert.deepEqual(because, ['baremetal:chassis:get is for system scope; the token has project scope']);
  });
});

describe('a policy file', () => {
  it('changes rules in YAML and in JSON', () => {
    const yaml =
      '---\n# ours\n"baremetal:node:get": "role:reader" # all\nteam: \'role:ops\'\nbaremetal:port:get: rule:team\n';
    const json =
      '{\n  "baremetal:node:get": "role:reader",\n  "team": "role:ops",\n  "baremetal:port:get": "rule:team"\n}\n';
    for (const text of [yaml, json]) {
      const policy = load(text);
      assert.equal(policy.ask('baremetal:node:get', ofProject('p9', 'reader'), {}).allowed, true);
      assert.equal(policy.ask('baremetal:port:get', ofProject('p9', 'ops'), {}).allowed, true);
      assert.equal(policy.ask('baremetal:port:get', ofSystem('admin', 'reader'), {}).allowed, false);
      assert.equal(policy.describe('baremetal:node:delete')?.source, 'default');
    }
    assert.deepEqual(load(yaml).describe('baremetal:node:get')?.source, { line: 3 });
    assert.deepEqual(load(json).describe('team')?.source, { line: 3 });
  });

  it('may bring a rule for one step', () => {
    const policy = load('"baremetal:step:execute:raid.create_configuration": "role:storage"\n');
    assert.equal(policy.has('baremetal:step:execute:raid.create_configuration'), true);
    assert.equal(policy.has('baremetal:step:execute:deploy.erase_devices'), false);
  });

  const REFUSED: readonly (readonly [string, RegExp])[] = [
    ['\n"baremetal:node:gte": "role:reader"\n', /^policy\.yaml, line 2: there is no rule "baremetal:node:gte"$/],
    [
      '"baremetal:node:get": "role:a and"\n',
      /^policy\.yaml, line 1: baremetal:node:get: a check is missing at the end$/,
    ],
    [
      '"baremetal:node:get": "rule:nobody_knows"\n',
      /^policy\.yaml, line 1: there is no rule "nobody_knows" to refer to$/,
    ],
    ['a: "rule:b"\n\nb: "not rule:a"\n', /^policy\.yaml, line 1: the rule "a" refers to itself by "b"$/],
    [
      '"is_member": "rule:is_observer"\n',
      /^policy\.yaml, line 1: the rule "is_member" refers to itself by "is_observer"$/,
    ],
    ['a: "@"\na: "!"\n', /^policy\.yaml, line 2: "a" is set in line 1 already$/],
    ['"show_password": "role:admin"\n', /^policy\.yaml, line 1: "show_password" can only be "!"/],
    ['"baremetal:node:get": [["role:a"]]\n', /^policy\.yaml, line 1: the check must stand in quotes/],
    ['"baremetal:node:get":\n  "role:a"\n', /^policy\.yaml, line 1: the check must stand in quotes/],
    ['- a\n', /^policy\.yaml, line 1: expected "rule": "check"$/],
    ['{\n  "baremetal:node:get": 1\n}', /^policy\.yaml, line 2: the check of "baremetal:node:get" must be a text$/],
    ['{\n  "a": "@",\n  oops\n}', /^policy\.yaml, line 3: this is not JSON/],
  ];
  for (const [text, message] of REFUSED)
    it(`is refused by its line: ${JSON.stringify(text)}`, () => assert.throws(() => load(text), { message }));
});
