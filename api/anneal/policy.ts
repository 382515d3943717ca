import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import { CALLER_ATTRIBUTES } from '../../domain/policy/check.ts';
import type { Credentials, Target } from '../../domain/policy/evaluate.ts';
import type { RuleInForce } from '../../domain/policy/policy.ts';
import type { RuleName } from '../../domain/policy/rules.ts';
import { ownersOf } from '../nodes/access.ts';
import { findVisibleNode } from '../nodes/change.ts';
import { commaList } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import type { Tools } from '../tools.ts';

const attributeShape = Object.fromEntries(
  CALLER_ATTRIBUTES.map((name) => [name, z.string().min(1).optional()]),
) as Record<(typeof CALLER_ATTRIBUTES)[number], z.ZodOptional<z.ZodString>>;

/** Somebody to ask about instead of the caller, and the node that the rule is asked about. */
const ExplainQuery = z.strictObject({
  ...attributeShape,
  roles: commaList.optional(),
  node: z.string().optional(),
  owner: z.string().optional(),
  lessee: z.string().optional(),
});

/** /anneal/v1/policy: the rules in force, and why one allows or refuses. */
export function policyRoutes(tools: Tools, source: PolicySource): Route[] {
  const path = '/anneal/v1/policy';
  return [
    route({
      method: 'get',
      path,
      rule: 'anneal:policy:get',
      run: async () => ({ status: 200, body: { rules: (await source.current()).list().map(ruleView) } }),
    }),
    route({
      method: 'get',
      path: `${path}/:rule`,
      rule: 'anneal:policy:get',
      query: ExplainQuery,
      run: async ({ params, query, context }) => ({
        status: 200,
        body: await explain({ ...tools, source }, { name: params['rule'] ?? '', query, context }),
      }),
    }),
  ];
}

function ruleView({ name, check, means, scopes, source }: RuleInForce) {
  return { rule: name, check, allows: means, scopes, source: source === 'default' ? source : `line ${source.line}` };
}

async function explain(
  { db, source, config }: Tools & { source: PolicySource },
  { name, query, context }: { name: string; query: z.infer<typeof ExplainQuery>; context: RequestContext },
) {
  const policy = await source.current();
  const rule = policy.describe(name);
  if (rule === undefined) throw new BareMetalError('NotFound', `There is no rule "${name}".`);
  const { roles, node, owner, lessee, ...attributes } = query;
  const isOther = roles !== undefined || Object.keys(attributes).length > 0;
  const credentials = isOther ? { roles: roles ?? [], attributes } : context.caller.credentials;
  const owners =
    node === undefined ? { owner: owner ?? null, lessee: lessee ?? null } : await findVisibleNode(db, node, context);
  const target: Target = {
    ...ownersOf(owners),
    'config.service_project_name': config.ANNEAL_ELEVATED_SERVICE_PROJECT ?? null,
  };
  const decision =
    credentials === null
      ? { allowed: true, because: [`with ${config.ANNEAL_AUTH_STRATEGY} everything is allowed to whoever is let in`] }
      : policy.ask(name as RuleName, credentials as Credentials, target);
  return { ...ruleView(rule), ...decision, credentials, target };
}
