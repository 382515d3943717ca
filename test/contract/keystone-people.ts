import type { IdentityApi } from '../../scripts/keystone/identity-api.ts';

const PASSWORD = 'of-everybody';

/** Somebody with a role somewhere. */
export interface Member {
  readonly name: string;
  readonly role: string;
  /** `/system`, or the path of a project or domain. */
  readonly where: string;
}

/** Makes somebody and the role, as far as they aren't there. */
export async function addMember(identity: IdentityApi, { name, role, where }: Member): Promise<void> {
  const user = await identity.ensure('users', { name, password: PASSWORD, domain_id: 'default' }, { name });
  const id = await identity.ensure('roles', { name: role }, { name: role });
  await identity.relate(`${where}/users/${user}/roles/${id}`);
}

/** A token of somebody that {@link addMember} made; `scope` as Keystone's API says it. */
export async function tokenOf(url: string, name: string, scope: object): Promise<string> {
  const user = { name, password: PASSWORD, domain: { id: 'default' } };
  const answer = await fetch(`${url}/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope } }),
  });
  const token = answer.headers.get('X-Subject-Token');
  if (answer.status === 201 && token !== null) return token;
  throw new Error(`Keystone answered ${answer.status} to "${name}": ${await answer.text()}`);
}
