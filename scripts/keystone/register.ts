import type { IdentityApi } from './identity-api.ts';

/** How Anneal is to stand in Keystone's catalogue. */
export interface Registration {
  readonly region: string;
  /** Where clients find the API, by interface. */
  readonly urls: Readonly<Record<'public' | 'internal' | 'admin', string>>;
  /** The account by which the API validates tokens. */
  readonly serviceUser: string;
  readonly servicePassword: string;
  readonly serviceProject: string;
}

/** Roles that the policy's defaults speak of. */
const ROLES = ['admin', 'manager', 'member', 'reader', 'service'] as const;

/** Each of them has what the next one has (Keystone's own bootstrap implies the same). */
const IMPLIES = [
  ['admin', 'manager'],
  ['manager', 'member'],
  ['member', 'reader'],
] as const;

const DOMAIN = 'default';

/**
 * Brings Anneal into the catalogue: the service `baremetal` with its endpoints, the roles, and the account that
 * validates tokens, which needs no more than the role `service`. Doing it again changes only what differs.
 */
export async function registerAnneal(identity: IdentityApi, wanted: Registration): Promise<void> {
  const service = await identity.ensure(
    'services',
    { type: 'baremetal', name: 'ironic', description: 'Bare metal (Anneal)' },
    { type: 'baremetal', name: 'ironic' },
  );
  for (const [kind, url] of Object.entries(wanted.urls)) {
    const facts = { service_id: service, interface: kind, region_id: wanted.region };
    const endpoint = await identity.ensure('endpoints', { ...facts, url }, facts);
    await identity.change('endpoints', endpoint, { url });
  }
  const roles = new Map<string, string>();
  for (const name of ROLES) roles.set(name, await identity.ensure('roles', { name }, { name }));
  for (const [role, implied] of IMPLIES)
    await identity.relate(`/roles/${roles.get(role)}/implies/${roles.get(implied)}`);
  await ensureAccount(identity, wanted, roles.get('service') ?? '');
}

async function ensureAccount(identity: IdentityApi, wanted: Registration, role: string): Promise<void> {
  const { serviceProject, serviceUser, servicePassword } = wanted;
  const named = (name: string) => ({ name, domain_id: DOMAIN });
  const project = await identity.ensure('projects', named(serviceProject), named(serviceProject));
  const account = { ...named(serviceUser), password: servicePassword };
  const user = await identity.ensure('users', account, named(serviceUser));
  await identity.change('users', user, { password: servicePassword });
  await identity.relate(`/projects/${project}/users/${user}/roles/${role}`);
}
