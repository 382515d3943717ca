import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { openIdentityApi, type IdentityApi } from '../../scripts/keystone/identity-api.ts';
import { registerAnneal } from '../../scripts/keystone/register.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { addMember, tokenOf as tokenOfMember } from './keystone-people.ts';
import { startKeystone, type KeystoneServer } from './keystone-server.ts';

const TOKEN_SECONDS = 30;
const SERVICE_PASSWORD = 'anneal-service-secret';

type Scope = { project: { id: string } } | { system: { all: true } } | { domain: { id: string } };

describe('the API with a real Keystone', function () {
  this.timeout(420_000);
  let keystone: KeystoneServer;
  let identity: IdentityApi;
  let api: TestApi;
  const projects = new Map<string, string>();

  const tokenOf = (name: string, scope: Scope): Promise<string> => tokenOfMember(keystone.url, name, scope);
  const project = (name: string): Scope => ({ project: { id: projects.get(name) ?? '' } });
  const system: Scope = { system: { all: true } };
  interface Ask {
    readonly body?: unknown;
    readonly service?: string;
  }
  const as = (token: string, method: string, path: string, { body, service }: Ask = {}) =>
    api.request(method, path, {
      headers: { 'X-Auth-Token': token, ...(service !== undefined && { 'X-Service-Token': service }) },
      ...(body !== undefined && { body }),
    });

  const addUser = (name: string, role: string, where: string): Promise<void> =>
    addMember(identity, { name, role, where });

  before(async () => {
    keystone = await startKeystone({ expirationS: TOKEN_SECONDS });
    identity = await openIdentityApi({
      authUrl: keystone.url,
      username: 'admin',
      password: keystone.adminPassword,
      project: 'admin',
      userDomain: 'Default',
      projectDomain: 'Default',
    });
    api = await startTestApi({
      env: {
        ANNEAL_AUTH_STRATEGY: 'keystone',
        ANNEAL_KEYSTONE_URL: keystone.url,
        ANNEAL_KEYSTONE_PASSWORD: SERVICE_PASSWORD,
        ANNEAL_KEYSTONE_CACHE_SECONDS: '1',
      },
    });
    const urls = { public: api.url, internal: api.url, admin: api.url };
    const registration = {
      region: 'RegionOne',
      urls,
      serviceUser: 'ironic',
      servicePassword: SERVICE_PASSWORD,
      serviceProject: 'service',
    };
    // Twice: what is there already stays.
    await registerAnneal(identity, registration);
    await registerAnneal(identity, registration);
    for (const name of ['alpha', 'beta'])
      projects.set(name, await identity.ensure('projects', { name, domain_id: 'default' }, { name }));
    await addUser('mia', 'member', `/projects/${projects.get('alpha')}`);
    await addUser('bea', 'admin', `/projects/${projects.get('beta')}`);
    await addUser('root', 'admin', '/system');
    await addUser('dom', 'admin', '/domains/default');
    const service = await identity.ensure('projects', { name: 'service', domain_id: 'default' }, { name: 'service' });
    projects.set('service', service);
    await addUser('nova', 'service', `/projects/${service}`);
  });
  after(async () => {
    await api.close();
    await keystone.stop();
  });

  it('is found by clients in the catalogue', async () => {
    const token = await tokenOf('mia', project('alpha'));
    const answer = await fetch(`${keystone.url}/auth/catalog`, { headers: { 'X-Auth-Token': token } });
    const { catalog } = (await answer.json()) as { catalog: { type: string; endpoints: { url: string }[] }[] };
    const [found, ...others] = catalog.filter(({ type }) => type === 'baremetal');
    assert.equal(others.length, 0);
    assert.deepEqual(new Set(found?.endpoints.map(({ url }) => url)), new Set([api.url]));
    assert.equal(found?.endpoints.length, 3);
  });

  it('gives each scope its due', async () => {
    const root = await tokenOf('root', system);
    const body = { driver: 'fake-hardware', name: 'of-alpha', owner: projects.get('alpha') };
    assert.equal((await as(root, 'POST', '/v1/nodes', { body })).status, 201);
    const mia = await tokenOf('mia', project('alpha'));
    const bea = await tokenOf('bea', project('beta'));
    assert.equal((await as(mia, 'GET', '/v1/nodes')).body.nodes.length, 1);
    assert.equal((await as(bea, 'GET', '/v1/nodes')).body.nodes.length, 0);
    assert.equal((await as(bea, 'GET', '/v1/nodes/of-alpha')).status, 404);
    // Keystone says that a member is a reader too.
    assert.equal((await as(mia, 'GET', '/v1/nodes/of-alpha')).status, 200);
    assert.equal((await as(mia, 'PUT', '/v1/nodes/of-alpha/maintenance', { body: {} })).status, 202);
    assert.equal((await as(mia, 'DELETE', '/v1/nodes/of-alpha')).status, 403);
    assert.equal((await as(mia, 'GET', '/v1/drivers')).status, 403);
    assert.equal((await as(root, 'GET', '/v1/drivers')).status, 200);
    const domain = await tokenOf('dom', { domain: { id: 'default' } });
    assert.equal((await as(domain, 'GET', '/v1/nodes')).status, 403);
  });

  it('refuses what Keystone doesn’t know', async () => {
    const refused = await as('gAAAAABmade-up', 'GET', '/v1/nodes');
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('WWW-Authenticate'), `Keystone uri="${keystone.url}"`);
  });

  it('ends with a token that is revoked', async () => {
    const token = await tokenOf('mia', project('alpha'));
    assert.equal((await as(token, 'GET', '/v1/nodes')).status, 200);
    const headers = { 'X-Auth-Token': token, 'X-Subject-Token': token };
    assert.equal((await fetch(`${keystone.url}/auth/tokens`, { method: 'DELETE', headers })).status, 204);
    await sleep(1100);
    assert.equal((await as(token, 'GET', '/v1/nodes')).status, 401);
  });

  it('outlives its own token, and lets a service carry on with an expired one', async () => {
    const mia = await tokenOf('mia', project('alpha'));
    await sleep(TOKEN_SECONDS * 1000 + 1500);
    assert.equal((await as(mia, 'GET', '/v1/nodes')).status, 401);
    const nova = await tokenOf('nova', project('service'));
    assert.equal((await as(mia, 'GET', '/v1/nodes', { service: nova })).status, 200);
    const bea = await tokenOf('bea', project('beta'));
    assert.equal((await as(mia, 'GET', '/v1/nodes', { service: bea })).status, 401);
  });
});
