import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

const STEP = { interface: 'deploy', step: 'erase_devices_metadata', order: 1 };

describe('API runbooks', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const create = (body: object = {}, version = '1.115') =>
    api.request('POST', '/v1/runbooks', { version, body: { name: 'CUSTOM_WIPE', steps: [STEP], ...body } });
  const patch = (ident: string, ...changes: [string, unknown][]) =>
    api.request('PATCH', `/v1/runbooks/${ident}`, {
      body: changes.map(([path, value]) => ({ op: 'replace', path, value })),
    });

  it('creates, shows, lists, patches and deletes a runbook', async () => {
    const made = await create({ description: 'before it leaves', owner: 'p1' });
    assert.equal(made.status, 201, made.text);
    const { uuid, created_at: _at, links: _links, ...rest } = made.body;
    assert.equal(made.headers.get('Location'), `${api.url}/v1/runbooks/${uuid}`);
    assert.deepEqual(rest, {
      updated_at: null,
      name: 'CUSTOM_WIPE',
      extra: {},
      public: false,
      owner: 'p1',
      disable_ramdisk: false,
      description: 'before it leaves',
      steps: [{ ...STEP, args: {} }],
      traits: [],
    });
    assert.deepEqual((await api.request('GET', '/v1/runbooks/CUSTOM_WIPE')).body, made.body);
    assert.deepEqual((await api.request('GET', '/v1/runbooks?detail=1')).body.runbooks, [made.body]);
    const changed = await patch(uuid, ['/name', 'wipe'], ['/disable_ramdisk', true]);
    assert.equal(changed.body.name, 'wipe');
    assert.equal(changed.body.disable_ramdisk, true);
    assert.equal((await api.request('DELETE', '/v1/runbooks/wipe')).status, 204);
    assert.equal(faultOf(await api.request('GET', '/v1/runbooks/wipe')), 'Runbook wipe could not be found.');
  });

  it('is public or somebody’s', async () => {
    const { uuid } = (await create({ name: 'shared', owner: 'p1' })).body;
    const open = await patch(uuid, ['/public', true]);
    assert.deepEqual([open.body.public, open.body.owner], [true, null]);
    const owned = await patch(uuid, ['/owner', 'p2']);
    assert.equal(owned.status, 400);
    assert.match(faultOf(owned), /There cannot be an owner for a public runbook/);
    const both = await patch(uuid, ['/public', false], ['/owner', 'p2']);
    assert.deepEqual([both.body.public, both.body.owner], [false, 'p2']);
  });

  it('has traits of its own since 1.112', async () => {
    await create({ name: 'traited' });
    const path = '/v1/runbooks/traited/traits';
    assert.equal((await api.request('PUT', path, { body: { traits: ['CUSTOM_B', 'CUSTOM_A'] } })).status, 204);
    const added = await api.request('PUT', `${path}/CUSTOM_C`);
    assert.equal(added.headers.get('Location'), `${api.url}${path}/CUSTOM_C`);
    assert.deepEqual((await api.request('GET', path)).body.traits, ['CUSTOM_A', 'CUSTOM_B', 'CUSTOM_C']);
    assert.equal((await api.request('DELETE', `${path}/CUSTOM_B`)).status, 204);
    assert.equal((await api.request('DELETE', `${path}/CUSTOM_NOT_THERE`)).status, 204);
    assert.deepEqual((await api.request('GET', '/v1/runbooks/traited')).body.traits, ['CUSTOM_A', 'CUSTOM_C']);
    assert.equal((await api.request('DELETE', path)).status, 204);
    assert.deepEqual((await api.request('GET', path)).body.traits, []);
    assert.equal((await api.request('PUT', `${path}/small`)).status, 400);
    assert.equal((await api.request('GET', path, { version: '1.111' })).status, 404);
    assert.equal((await api.request('GET', '/v1/runbooks/nobody/traits')).status, 404);
  });

  it('shows each field from its version on, and before 1.112 its name is a trait', async () => {
    assert.equal((await create({ name: 'nice name' })).status, 400);
    assert.equal((await create({ name: 'plain' }, '1.111')).status, 400);
    assert.equal((await create({ name: 'CUSTOM_OLD', description: 'x' }, '1.111')).status, 400);
    const old = await create({ name: 'CUSTOM_OLD' }, '1.111');
    assert.equal(old.status, 201, old.text);
    assert.equal('traits' in old.body || 'description' in old.body, false);
    assert.equal((await api.request('GET', '/v1/runbooks', { version: '1.91' })).status, 404);
    assert.equal((await api.request('DELETE', '/v1/runbooks/CUSTOM_OLD', { version: '1.91' })).status, 405);
  });
});
