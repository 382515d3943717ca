import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

describe('API versions', () => {
  let api: TestApi;
  before(async () => (api = await startTestApi()));
  after(() => api.close());

  it('shows the version documents without a version', async () => {
    const root = await api.request('GET', '/', { version: null });
    assert.equal(root.status, 200);
    assert.equal(root.body.default_version.version, '1.115');
    assert.equal(root.body.default_version.min_version, '1.1');
    const v1 = await api.request('GET', '/v1/', { version: null });
    assert.equal(v1.body.version.version, '1.115');
    assert.equal(v1.body.conductors, undefined);
  });

  it('answers the oldest version to a client that names none', async () => {
    const { headers } = await api.request('GET', '/v1', { version: null });
    assert.equal(headers.get('X-OpenStack-Ironic-API-Version'), '1.1');
    assert.equal(headers.get('X-OpenStack-Ironic-API-Minimum-Version'), '1.1');
    assert.equal(headers.get('X-OpenStack-Ironic-API-Maximum-Version'), '1.115');
  });

  it('takes latest for the newest', async () => {
    const { headers } = await api.request('GET', '/v1', { version: 'latest' });
    assert.equal(headers.get('X-OpenStack-Ironic-API-Version'), '1.115');
  });

  // What is no version at all is answered without the range, as Ironic does.
  const wrong = [
    ['1.116', '1.115'],
    ['2.1', '1.115'],
    ['1.0', '1.115'],
    ['abc', null],
  ] as const;
  for (const [version, maximum] of wrong) {
    it(`refuses version ${version} with 406 in Ironic’s second form`, async () => {
      const answer = await api.request('GET', '/v1/nodes', { version });
      assert.equal(answer.status, 406);
      const inner = JSON.parse(answer.body.error_message) as Record<string, unknown>;
      assert.equal(inner['code'], 406);
      assert.equal(inner['title'], 'Not Acceptable');
      assert.equal(answer.headers.get('X-OpenStack-Ironic-API-Maximum-Version'), maximum);
    });
  }

  it('takes the header that all of OpenStack shares', async () => {
    const headers = { 'OpenStack-API-Version': 'compute 2.1, baremetal 1.46' };
    const answer = await api.request('GET', '/v1/nodes', { version: null, headers });
    assert.equal(answer.headers.get('X-OpenStack-Ironic-API-Version'), '1.46');
  });

  it('serves bookmark links, which have no version in their path', async () => {
    const answer = await api.request('GET', '/nodes', { version: '1.46' });
    assert.deepEqual(answer.body, { nodes: [] });
  });

  it('takes .json for a type of content before 1.91, and for a part of the name later', async () => {
    const body = { driver: 'fake-hardware', name: 'ends.json' };
    assert.equal((await api.request('POST', '/v1/nodes', { body })).status, 201);
    const read = async (path: string, version: string | null) => (await api.request('GET', path, { version })).status;
    assert.deepEqual([await read('/v1/nodes.json', '1.90'), await read('/v1/nodes.json', '1.91')], [200, 404]);
    assert.equal(await read('/v1/nodes.json', null), 404);
    for (const version of ['1.90', '1.91']) assert.equal(await read('/v1/nodes/ends.json', version), 200);
    assert.deepEqual(
      [await read('/v1/nodes/ends.json/states.json', '1.90'), await read('/v1/nodes/ends.json.json', '1.90')],
      [200, 200],
    );
    assert.equal(await read('/openapi.json', '1.90'), 200);
  });

  it('answers 404 for an unknown path and 405 for a known path with another method', async () => {
    const unknown = await api.request('GET', '/v1/nonsense');
    assert.equal(unknown.status, 404);
    assert.equal(faultOf(unknown), '');
    const method = await api.request('PUT', '/v1/nodes', { body: {} });
    assert.equal(method.status, 405);
    assert.equal(method.headers.get('Allow'), 'GET, POST');
  });

  it('keeps a request id that has the right form and makes one otherwise', async () => {
    const given = 'req-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
    const kept = await api.request('GET', '/v1', { headers: { 'X-Openstack-Request-Id': given } });
    assert.equal(kept.headers.get('X-Openstack-Request-Id'), given);
    const made = await api.request('GET', '/v1', { headers: { 'X-Openstack-Request-Id': 'x\ty' } });
    assert.match(made.headers.get('X-Openstack-Request-Id') ?? '', /^req-[0-9a-f-]{36}$/);
  });
});
