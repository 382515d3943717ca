import { openIdentityApi, type IdentityApi } from '../../scripts/keystone/identity-api.ts';
import { registerAnneal } from '../../scripts/keystone/register.ts';
import type { IronicIdentity } from '../../scripts/bench/ironic.ts';
import { addMember, tokenOf } from '../contract/keystone-people.ts';
import { startKeystone } from '../contract/keystone-server.ts';
import type { Ask } from './table.ts';

type Scope = 'system' | { readonly project: string };

/** Everybody who asks: a role, and where (of a domain's token Ironic makes 500 throughout, Anneal 403 and 404). Nodes of the tables belong to the project alpha and are lent to beta. */
export const PEOPLE = {
  'system-admin': { role: 'admin', scope: 'system' },
  'system-reader': { role: 'reader', scope: 'system' },
  'owner-admin': { role: 'admin', scope: { project: 'alpha' } },
  'owner-member': { role: 'member', scope: { project: 'alpha' } },
  'owner-reader': { role: 'reader', scope: { project: 'alpha' } },
  'lessee-admin': { role: 'admin', scope: { project: 'beta' } },
  'lessee-member': { role: 'member', scope: { project: 'beta' } },
  'stranger-admin': { role: 'admin', scope: { project: 'gamma' } },
  'service-of-service': { role: 'service', scope: { project: 'service' } },
} as const satisfies Readonly<Record<string, { role: string; scope: Scope }>>;

/** Who asks; `nobody` sends no token, `forger` one that he made himself. */
export type Person = keyof typeof PEOPLE | 'nobody' | 'forger';

/** Everybody who may ask, as real Keystone knows them, and what the two servers must know to ask it. */
export interface People {
  readonly ofIronic: IronicIdentity;
  /** Configuration of Anneal's API. */
  readonly ofAnneal: Readonly<Record<string, string>>;
  headersOf(person: string | undefined): Readonly<Record<string, string>>;
  /** The request with ids for the names of projects. */
  name(asked: Omit<Ask, 'as'>): Omit<Ask, 'as'>;
  stop(): Promise<void>;
}

const SERVICE_PASSWORD = 'of-the-service';
const EXPIRATION_S = 3600;

/** Starts Keystone and makes everybody. */
export async function startPeople(): Promise<People> {
  const keystone = await startKeystone({ expirationS: EXPIRATION_S });
  const { url } = keystone;
  const identity = await openIdentityApi({
    authUrl: url,
    username: 'admin',
    password: keystone.adminPassword,
    project: 'admin',
    userDomain: 'Default',
    projectDomain: 'Default',
  });
  await registerService(identity);
  const projects = await makeProjects(identity);
  const tokens = new Map<string, string>([['forger', 'gAAAAABmade-up']]);
  for (const [person, { role, scope }] of Object.entries(PEOPLE)) {
    await addMember(identity, { name: person, role, where: placeOf(scope, projects) });
    tokens.set(person, await tokenOf(url, person, scopeOf(scope, projects)));
  }
  const headersOf = (person: string | undefined) => {
    const token = tokens.get(person ?? 'system-admin');
    return token === undefined ? {} : { 'X-Auth-Token': token };
  };
  return {
    ofIronic: { settings: ironicSettings(url), headers: headersOf('system-admin') },
    ofAnneal: {
      ANNEAL_AUTH_STRATEGY: 'keystone',
      ANNEAL_KEYSTONE_URL: url,
      ANNEAL_KEYSTONE_PASSWORD: SERVICE_PASSWORD,
    },
    headersOf,
    name: (asked) =>
      JSON.parse(
        JSON.stringify(asked).replaceAll(/\{(\w+)\}/g, (word, project: string) => projects.get(project) ?? word),
      ) as Omit<Ask, 'as'>,
    stop: () => keystone.stop(),
  };
}

function registerService(identity: IdentityApi): Promise<void> {
  // Neither server is looked up in the catalogue.
  const nowhere = 'http://127.0.0.1:6385';
  return registerAnneal(identity, {
    region: 'RegionOne',
    urls: { public: nowhere, internal: nowhere, admin: nowhere },
    serviceUser: 'ironic',
    servicePassword: SERVICE_PASSWORD,
    serviceProject: 'service',
  });
}

async function makeProjects(identity: IdentityApi): Promise<ReadonlyMap<string, string>> {
  const projects = new Map<string, string>();
  for (const name of ['alpha', 'beta', 'gamma', 'service']) {
    projects.set(name, await identity.ensure('projects', { name, domain_id: 'default' }, { name }));
  }
  return projects;
}

function placeOf(scope: Scope, projects: ReadonlyMap<string, string>): string {
  return scope === 'system' ? '/system' : `/projects/${projects.get(scope.project) ?? ''}`;
}

function scopeOf(scope: Scope, projects: ReadonlyMap<string, string>): object {
  if (scope === 'system') return { system: { all: true } };
  return { project: { id: projects.get(scope.project) } };
}

/** keystonemiddleware as Ironic's installation guide configures it. */
function ironicSettings(url: string): string {
  return `[DEFAULT]
auth_strategy = keystone
[keystone_authtoken]
www_authenticate_uri = ${url}
auth_url = ${url}
auth_type = password
username = ironic
password = ${SERVICE_PASSWORD}
user_domain_name = Default
project_name = service
project_domain_name = Default
`;
}
