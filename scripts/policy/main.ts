/**
 * Says which rule allows or refuses something and why, without a running API, and checks a policy file:
 * `npm run policy -- baremetal:node:get --roles reader --project_id p1 --owner p1 --file policy.yaml`
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CALLER_ATTRIBUTES } from '../../domain/policy/check.ts';
import { createPolicy, type Policy } from '../../domain/policy/policy.ts';
import { parsePolicyFile } from '../../domain/policy/policy-file.ts';
import type { RuleName } from '../../domain/policy/rules.ts';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...(Object.fromEntries(CALLER_ATTRIBUTES.map((name) => [name, text])) as Record<
      (typeof CALLER_ATTRIBUTES)[number],
      typeof text
    >),
    roles: text,
    owner: text,
    lessee: text,
    file: text,
    'service-project': text,
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function explain(policy: Policy, name: string): void {
  const rule = policy.describe(name);
  if (rule === undefined) throw new Error(`There is no rule "${name}".`);
  say(`${name}: ${rule.means ?? 'an operator’s own rule'}`);
  say(`  ${rule.source === 'default' ? 'by default' : `by ${values.file}, line ${rule.source.line}`}: ${rule.check}`);
  const { roles, owner, lessee, file: _file, 'service-project': service, ...attributes } = values;
  if (roles === undefined) return;
  const { allowed, because } = policy.ask(
    name as RuleName,
    { roles: roles.split(','), attributes },
    { 'node.owner': owner ?? null, 'node.lessee': lessee ?? null, 'config.service_project_name': service ?? null },
  );
  say(allowed ? '  allowed, since' : '  refused, since');
  for (const reason of because) say(`    ${reason}`);
  if (!allowed) process.exitCode = 1;
}

try {
  const { file } = values;
  const policy = createPolicy(file === undefined ? [] : parsePolicyFile(readFileSync(file, 'utf8'), file), file);
  if (positionals.length === 0) for (const { name } of policy.list()) say(name);
  for (const name of positionals) explain(policy, name);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
