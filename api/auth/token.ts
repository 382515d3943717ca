import { z } from 'zod';
import type { CallerAttribute } from '../../domain/policy/check.ts';
import type { Caller } from './caller.ts';

const withDomain = z.looseObject({
  id: z.string(),
  name: z.string(),
  domain: z.looseObject({ id: z.string() }).optional(),
});

/** What Keystone says of a token (Identity API v3, «Validate and show information for token»). */
export const TokenBody = z.looseObject({
  token: z.looseObject({
    expires_at: z.string(),
    user: withDomain,
    roles: z.array(z.looseObject({ name: z.string() })).default([]),
    project: withDomain.optional(),
    domain: z.looseObject({ id: z.string() }).optional(),
    system: z.looseObject({ all: z.boolean().optional() }).optional(),
    is_admin_project: z.boolean().optional(),
  }),
});

/** What is known of a token that was validated. */
export type Token = z.infer<typeof TokenBody>['token'];

/**
 * Who sends a request with this token.
 * @param service the token of the service that forwards the request, if one does (X-Service-Token)
 */
export function callerOfToken(token: Token, service: Token | undefined): Caller {
  const { user, project } = token;
  return {
    username: user.name,
    userId: user.id,
    projectId: project?.id ?? null,
    credentials: { roles: token.roles.map(({ name }) => name), attributes: attributesOf(token, service) },
  };
}

function attributesOf(token: Token, service: Token | undefined) {
  const from = identityOf(token);
  const by = service && identityOf(service);
  return withoutAbsent({
    ...from,
    system_scope: token.system?.all === true ? 'all' : undefined,
    domain_id: token.domain?.id,
    project_name: token.project?.name,
    // Keystone names it only where an admin project is configured; without one every project counts.
    is_admin_project: token.is_admin_project === false ? 'False' : 'True',
    is_public_api: 'False',
    service_user_id: by?.user_id,
    service_user_domain_id: by?.user_domain_id,
    service_project_id: by?.project_id,
    service_project_domain_id: by?.project_domain_id,
  });
}

function identityOf({ user, project }: Token) {
  return {
    user_id: user.id,
    user_domain_id: user.domain?.id,
    project_id: project?.id,
    project_domain_id: project?.domain?.id,
  };
}

function withoutAbsent(values: Readonly<Partial<Record<CallerAttribute, string | undefined>>>) {
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Partial<Record<CallerAttribute, string>>;
}
