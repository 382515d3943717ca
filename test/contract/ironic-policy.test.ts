import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Check } from '../../domain/policy/check.ts';
import { writeCheck } from '../../domain/policy/check.ts';
import { parseCheck } from '../../domain/policy/parse.ts';
import { RULES } from '../../domain/policy/rules.ts';
import { cacheFolder } from '../../scripts/setup/cache.ts';

const python = join(cacheFolder(), 'ironic-39.0.0', 'bin', 'python');

const DUMP = `
import json
from ironic.common import policy
print(json.dumps([[r.name, r.check_str, r.scope_types] for r in policy.list_policies()]))
`;

/** One text for checks that mean the same whatever their parentheses and order. */
function canonical(check: Check): string {
  if (check.kind === 'not') return `not (${canonical(check.check)})`;
  if (check.kind !== 'and' && check.kind !== 'or') return writeCheck(check);
  const parts = flattened(check.kind, check.checks).map(canonical);
  return `(${[...new Set(parts)].toSorted().join(` ${check.kind} `)})`;
}

function flattened(kind: 'and' | 'or', checks: readonly Check[]): readonly Check[] {
  return checks.flatMap((check) => (check.kind === kind ? flattened(kind, check.checks) : [check]));
}

describe('the policy table against real Ironic 39', function () {
  this.timeout(60_000);
  let real: readonly (readonly [string, string, readonly string[] | null])[];

  before(async function () {
    // The counterpart is a large download that the life-cycle bench installs; names and defaults change with releases only.
    if (!existsSync(python)) this.skip();
    const { stdout } = await promisify(execFile)(python, ['-c', DUMP], { maxBuffer: 1 << 24 });
    real = JSON.parse(stdout) as typeof real;
  });

  it('has each of its rules and no other', () => {
    const ours = [...RULES.keys()].filter((name) => !name.startsWith('anneal:'));
    assert.deepEqual(ours.toSorted(), real.map(([name]) => name).toSorted());
  });

  it('has its defaults', () => {
    for (const [name, check] of real)
      assert.equal(canonical(parseCheck(RULES.get(name)?.check ?? '!')), canonical(parseCheck(check)), name);
  });

  it('has its scopes', () => {
    for (const [name, , scopes] of real)
      assert.deepEqual(RULES.get(name)?.scopes, scopes ?? ['system', 'domain', 'project'], name);
  });
});
