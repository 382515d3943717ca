import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

describe('API chassis', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const create = (body: unknown = {}) => api.request('POST', '/v1/chassis', { body });

  it('creates, shows, lists, patches and deletes a chassis', async () => {
    const made = await create({ description: 'rack 1', extra: { room: 7 } });
    assert.equal(made.status, 201, made.text);
    const { uuid } = made.body;
    assert.equal(made.headers.get('Location'), `${api.url}/v1/chassis/${uuid}`);
    assert.deepEqual(Object.keys(made.body).toSorted(), [
      'created_at',
      'description',
      'extra',
      'links',
      'nodes',
      'updated_at',
      'uuid',
    ]);
    assert.deepEqual(made.body.nodes, [
      [
        { href: `${api.url}/v1/chassis/${uuid}/nodes`, rel: 'self' },
        { href: `${api.url}/chassis/${uuid}/nodes`, rel: 'bookmark' },
      ],
    ]);
    assert.deepEqual((await api.request('GET', `/v1/chassis/${uuid}`)).body, made.body);
    assert.deepEqual((await api.request('GET', '/v1/chassis/detail')).body.chassis, [made.body]);
    assert.deepEqual((await api.request('GET', '/v1/chassis?detail=true')).body.chassis, [made.body]);
    const [listed] = (await api.request('GET', '/v1/chassis')).body.chassis;
    assert.deepEqual(Object.keys(listed), ['uuid', 'description', 'links']);
    const patch = [
      { op: 'replace', path: '/description', value: 'rack 2' },
      { op: 'remove', path: '/extra/room' },
    ];
    const changed = await api.request('PATCH', `/v1/chassis/${uuid}`, { body: patch });
    assert.equal(changed.status, 200, changed.text);
    assert.equal(changed.body.description, 'rack 2');
    assert.deepEqual(changed.body.extra, {});
    assert.notEqual(changed.body.updated_at, null);
    assert.equal((await api.request('DELETE', `/v1/chassis/${uuid}`)).status, 204);
    const gone = await api.request('GET', `/v1/chassis/${uuid}`);
    assert.equal(gone.status, 404);
    assert.equal(faultOf(gone), `Chassis ${uuid} could not be found.`);
  });

  it('pages in both directions', async () => {
    const uuids: string[] = [];
    for (const description of ['b', 'c', 'a']) uuids.push((await create({ description })).body.uuid);
    const first = await api.request('GET', '/v1/chassis?sort_key=description&limit=2');
    assert.deepEqual(
      first.body.chassis.map((one: { description: string }) => one.description),
      ['a', 'b'],
    );
    const next = new URL(first.body.next);
    const second = await api.request('GET', next.pathname + next.search);
    assert.deepEqual(
      second.body.chassis.map((one: { uuid: string }) => one.uuid),
      [uuids[1]],
    );
    const down = await api.request('GET', '/v1/chassis?sort_dir=desc&limit=1&fields=uuid');
    assert.equal(down.body.chassis[0].uuid, uuids[2]);
    const lost = await api.request('GET', '/v1/chassis?marker=8a6f4f4e-7f4a-4a1d-9b7c-111111111111');
    assert.equal(lost.status, 404);
  });

  it('holds nodes, lists them, and cannot be deleted with them', async () => {
    const { uuid } = (await create()).body;
    const body = { driver: 'fake-hardware', chassis_uuid: uuid };
    const node = await api.request('POST', '/v1/nodes', { body });
    assert.equal(node.status, 201, node.text);
    assert.equal(node.body.chassis_uuid, uuid);
    await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware' } });
    for (const path of [`/v1/chassis/${uuid}/nodes`, `/v1/nodes?chassis_uuid=${uuid}`]) {
      const { nodes } = (await api.request('GET', path)).body;
      assert.deepEqual(
        nodes.map((one: { uuid: string }) => one.uuid),
        [node.body.uuid],
        path,
      );
    }
    const [detailed] = (await api.request('GET', `/v1/chassis/${uuid}/nodes/detail`)).body.nodes;
    assert.equal(detailed.chassis_uuid, uuid);
    const refused = await api.request('DELETE', `/v1/chassis/${uuid}`);
    assert.equal(refused.status, 400);
    assert.match(faultOf(refused), /chassis .* contains nodes/);
    const removal = [{ op: 'remove', path: '/chassis_uuid' }];
    const path = `/v1/nodes/${node.body.uuid}`;
    assert.equal((await api.request('PATCH', path, { body: removal, version: '1.24' })).status, 406);
    assert.equal((await api.request('PATCH', path, { body: removal })).body.chassis_uuid, null);
    assert.equal((await api.request('DELETE', `/v1/chassis/${uuid}`)).status, 204);
  });

  const BAD: [string, Record<string, unknown>, RegExp][] = [
    ['an unknown field', { colour: 'red' }, /'colour' was unexpected/],
    ['a description that is too long', { description: 'x'.repeat(256) }, /description/],
    ['a uuid that is none', { uuid: 'chassis-1' }, /Expected UUID/],
    ['extra that is no object', { extra: 'x' }, /extra/],
  ];
  for (const [what, body, message] of BAD) {
    it(`refuses ${what}`, async () => {
      const answer = await create(body);
      assert.equal(answer.status, 400, answer.text);
      assert.match(faultOf(answer), message);
    });
  }

  it('refuses what is not there, not known, or too new', async () => {
    const node = { driver: 'fake-hardware', chassis_uuid: '8a6f4f4e-7f4a-4a1d-9b7c-111111111111' };
    const orphan = await api.request('POST', '/v1/nodes', { body: node });
    assert.equal(orphan.status, 400);
    assert.match(faultOf(orphan), /Chassis 8a6f.* could not be found/);
    assert.equal((await api.request('GET', '/v1/chassis?fields=uuid,colour')).status, 400);
    assert.equal((await api.request('GET', '/v1/chassis?sort_key=extra')).status, 400);
    assert.equal((await api.request('GET', '/v1/chassis?fields=uuid', { version: '1.7' })).status, 406);
    const { uuid } = (await create()).body;
    const patch = [{ op: 'add', path: '/uuid', value: 'x' }];
    const refused = await api.request('PATCH', `/v1/chassis/${uuid}`, { body: patch });
    assert.equal(refused.status, 400);
    assert.match(faultOf(refused), /Cannot patch \/uuid/);
    assert.equal((await create({ uuid })).status, 409);
  });
});
