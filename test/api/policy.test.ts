import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { startTestApi } from '../support/api.ts';
import { startTenantApi, type TenantApi } from '../support/tenants.ts';

describe('API of the policy', () => {
  let folder: string;
  let file: string;
  let tenants: TenantApi;
  const as: TenantApi['as'] = (...request) => tenants.as(...request);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-policy-'));
    file = join(folder, 'policy.yaml');
    await writeFile(file, '# ours\n"baremetal:driver:get_properties": "!"\n');
    tenants = await startTenantApi({ ANNEAL_POLICY_FILE: file });
    await as('sys-admin', 'POST', '/v1/nodes', { driver: 'fake-hardware', name: 'mine', owner: 'p1' });
    await as('sys-admin', 'POST', '/v1/nodes', { driver: 'fake-hardware', name: 'other', owner: 'p2' });
  });
  after(async () => {
    await tenants.close();
    await rm(folder, { recursive: true });
  });

  it('says which rule decides, by what it is in force, and why', async () => {
    const { body } = await as('p1-reader', 'GET', '/anneal/v1/policy/baremetal:node:delete:self_owned_node?node=mine');
    assert.deepEqual(body.because, [
      'rule:baremetal:node:delete:self_owned_node: role:admin fails: the caller’s roles are reader',
    ]);
    assert.equal(body.allowed, false);
    assert.equal(body.source, 'default');
    assert.equal(body.check, 'role:admin and project_id:%(node.owner)s');
    assert.equal(body.target['node.owner'], 'p1');
    const overridden = await as('sys-reader', 'GET', '/anneal/v1/policy/baremetal:driver:get_properties');
    assert.equal(overridden.body.source, 'line 2');
    assert.deepEqual(overridden.body.because, ['rule:baremetal:driver:get_properties: ! refuses everybody']);
  });

  it('answers for somebody else too', async () => {
    const query = 'roles=manager,member,reader&project_id=p7&lessee=p7&owner=p8';
    const { body } = await as('p1-reader', 'GET', `/anneal/v1/policy/baremetal:node:set_provision_state?${query}`);
    assert.equal(body.allowed, true);
    assert.match(body.because.join(), /role:manager holds/);
  });

  it('tells nothing of others’ nodes, and knows its rules', async () => {
    assert.equal((await as('p1-reader', 'GET', '/anneal/v1/policy/baremetal:node:get?node=other')).status, 404);
    assert.equal((await as('p1-reader', 'GET', '/anneal/v1/policy/nonsense')).status, 404);
    assert.equal((await as('p1-reader', 'GET', '/anneal/v1/policy/baremetal:node:get?color=red')).status, 400);
    const { body } = await as('p1-reader', 'GET', '/anneal/v1/policy');
    assert.ok(body.rules.length > 130);
  });

  it('takes a changed file, and stays with the old rules when the change doesn’t fit', async () => {
    const statusOf = async () => (await as('sys-reader', 'GET', '/v1/drivers/fake-hardware/properties')).status;
    assert.equal(await statusOf(), 403);
    await writeFile(file, '"baremetal:driver:get_properties": "role:reader"\n');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal(await statusOf(), 200);
    await writeFile(file, '"baremetal:driver:get_properties": "role:"\n');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal(await statusOf(), 200);
  });

  it('doesn’t start with a file that doesn’t fit', async () => {
    const wrong = join(folder, 'wrong.yaml');
    await writeFile(wrong, '\n\n"baremetal:node:gte": "@"\n');
    await assert.rejects(startTestApi({ env: { ANNEAL_POLICY_FILE: wrong } }), /wrong\.yaml, line 3: there is no rule/);
  });

  it('has no say without Keystone', async () => {
    const api = await startTestApi();
    try {
      const { body } = await api.request('GET', '/anneal/v1/policy/baremetal:node:get');
      assert.equal(body.allowed, true);
      assert.equal((await api.request('GET', '/anneal/v1/policy/baremetal:node:get?roles=reader')).body.allowed, false);
    } finally {
      await api.close();
    }
  });

  it('is explained by a command, without an API', async () => {
    const script = fileURLToPath(new URL('../../scripts/policy/main.ts', import.meta.url));
    const words = ['baremetal:node:get', '--roles', 'reader', '--project_id', 'p1', '--owner', 'p2'];
    const failure = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...words]).then(
      () => undefined,
      (error: { code: number; stdout: string }) => error,
    );
    assert.equal(failure?.code, 1);
    assert.match(failure?.stdout ?? '', /refused, since\n.*system_scope:all fails/s);
  });
});
