import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Check } from '../../domain/policy/check.ts';
import { writeCheck } from '../../domain/policy/check.ts';
import { parseCheck } from '../../domain/policy/parse.ts';
import { RULES } from '../../domain/policy/rules.ts';

const run = promisify(execFile);
const INSTALL = fileURLToPath(new URL('../differential/install.sh', import.meta.url));

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
  // Installing it takes minutes; on CI it is there already.
  this.timeout(600_000);
  let real: readonly (readonly [string, string, readonly string[] | null])[];

  before(async () => {
    const folder = (await run('sh', [INSTALL])).stdout.trim();
    const { stdout } = await run(join(folder, 'bin', 'python'), ['-c', DUMP], { maxBuffer: 1 << 24 });
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
