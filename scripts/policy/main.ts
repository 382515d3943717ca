/**
 * Says which rule allows or refuses something and why, without a running API, and checks a policy file:
 * `npm run policy -- baremetal:node:get --roles reader --project_id p1 --owner p1 --file policy.yaml`
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CALLER_ATTRIBUTES } from '../../domain/policy/check.ts';
import { createPolicy, type Policy } from '../../domain/policy/policy.ts';
import { parsePolicyFile } from '../../domain/policy/policy-file.ts';
import { explain, type Asked } from './explain.ts';

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

/** Whom the options describe; undefined without roles. */
function askedFor(): Asked | undefined {
  const { roles, owner, lessee, file: _file, 'service-project': service, ...attributes } = values;
  if (roles === undefined) return undefined;
  const target = {
    'node.owner': owner ?? null,
    'node.lessee': lessee ?? null,
    'config.service_project_name': service ?? null,
  };
  return { credentials: { roles: roles.split(','), attributes }, target };
}

function tell(policy: Policy, name: string): void {
  const asked = askedFor();
  const { file } = values;
  const about = { ...(file !== undefined && { file }), ...(asked !== undefined && { asked }) };
  const { allowed, lines } = explain(policy, name, about);
  lines.forEach(say);
  if (!allowed) process.exitCode = 1;
}

try {
  const { file } = values;
  const policy = createPolicy(file === undefined ? [] : parsePolicyFile(readFileSync(file, 'utf8'), file), file);
  if (positionals.length === 0) for (const { name } of policy.list()) say(name);
  for (const name of positionals) tell(policy, name);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
