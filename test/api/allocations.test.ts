import assert from 'node:assert/strict';
import { faultOf, startTestApi, type ApiAnswer, type TestApi } from '../support/api.ts';
import { insertBareNode } from '../support/bare-node.ts';

const uuidOf = (number: number): string => `33333333-0000-4000-8000-${String(number).padStart(12, '0')}`;

async function addFreeNode(api: TestApi, number: number, columns: Readonly<Record<string, unknown>> = {}) {
  const uuid = uuidOf(number);
  const free = { provision_state: 'available', power_state: 'power off', resource_class: 'metal' };
  await insertBareNode(api.database.pool, { uuid, name: `n${number}`, ...free, ...columns });
  return uuid;
}

const allocate = (api: TestApi, body: object = {}, version = '1.115'): Promise<ApiAnswer> =>
  api.request('POST', '/v1/allocations', { body: { resource_class: 'metal', ...body }, version });
const nodeOf = async (api: TestApi, ident: string) => (await api.request('GET', `/v1/nodes/${ident}`)).body;

describe('API allocations', () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
  });
  afterEach(() => api.close());

  it('gives a free node of the resource class, and takes it back', async () => {
    const uuid = await addFreeNode(api, 1);
    const made = await allocate(api, { name: 'job-1', extra: { a: 1 } });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers.get('Location'), `${api.url}/v1/allocations/${made.body.uuid}`);
    const { created_at: _at, updated_at: _changed, links: _links, ...rest } = made.body;
    assert.deepEqual(rest, {
      uuid: made.body.uuid,
      candidate_nodes: [],
      extra: { a: 1 },
      last_error: null,
      name: 'job-1',
      owner: null,
      resource_class: 'metal',
      state: 'active',
      traits: [],
      node_uuid: uuid,
    });
    const node = await nodeOf(api, uuid);
    assert.deepEqual([node.instance_uuid, node.allocation_uuid], [made.body.uuid, made.body.uuid]);
    assert.deepEqual(node.instance_info, { traits: [] });
    for (const path of ['/v1/allocations/job-1', '/v1/nodes/n1/allocation']) {
      assert.deepEqual((await api.request('GET', path)).body, made.body, path);
    }
    for (const query of ['', '?node=n1', '?resource_class=metal', '?state=active']) {
      assert.deepEqual((await api.request('GET', `/v1/allocations${query}`)).body.allocations, [made.body], query);
    }
    assert.deepEqual((await api.request('GET', '/v1/allocations?state=error')).body.allocations, []);
    const patch = [
      { op: 'replace', path: '/name', value: 'job-2' },
      { op: 'add', path: '/extra/b', value: 2 },
    ];
    const changed = await api.request('PATCH', '/v1/allocations/job-1', { body: patch });
    assert.deepEqual([changed.body.name, changed.body.extra], ['job-2', { a: 1, b: 2 }]);
    assert.equal((await api.request('DELETE', '/v1/allocations/job-2')).status, 204);
    const after = await nodeOf(api, uuid);
    assert.deepEqual([after.instance_uuid, after.allocation_uuid], [null, null]);
    const none = await api.request('GET', '/v1/nodes/n1/allocation');
    assert.equal(none.status, 404);
    assert.equal(faultOf(none), 'Allocation for node n1 was not found');
  });

  it('says which condition failed on how many nodes', async () => {
    await addFreeNode(api, 1, { resource_class: 'gpu' });
    await addFreeNode(api, 2, { provision_state: 'cleaning' });
    await addFreeNode(api, 3, { maintenance: true, provision_state: 'manageable' });
    await addFreeNode(api, 4, { power_state: null });
    await addFreeNode(api, 5, { owner: 'somebody' });
    const made = await allocate(api, { owner: 'me' });
    assert.equal(made.status, 201);
    assert.equal(made.body.state, 'error');
    assert.equal(
      made.body.last_error,
      `Failed to process allocation ${made.body.uuid}: no available nodes match the resource class metal. Of 5 nodes ` +
        '1 has another resource class, 5 are neither owned nor leased by the owner, 2 are not available, ' +
        '1 is in maintenance, 1 has no known power state.',
    );
  });

  it('asks for traits, and for candidates in uuids or names', async () => {
    const plain = await addFreeNode(api, 1);
    const fast = await addFreeNode(api, 2);
    await api.request('PUT', '/v1/nodes/n2/traits', { body: { traits: ['CUSTOM_FAST', 'CUSTOM_B'] } });
    const wrong = await allocate(api, { traits: ['CUSTOM_SLOW'] });
    assert.match(wrong.body.last_error, /no suitable nodes have the requested traits CUSTOM_SLOW\. Of 2 nodes 2 lack/);
    const made = await allocate(api, { traits: ['CUSTOM_FAST'] });
    assert.equal(made.body.node_uuid, fast);
    assert.deepEqual((await nodeOf(api, 'n2')).instance_info, { traits: ['CUSTOM_FAST'] });
    const missing = await allocate(api, { candidate_nodes: ['n1', 'n9'] });
    assert.equal(missing.status, 400);
    const busy = await allocate(api, { candidate_nodes: [fast] });
    assert.match(busy.body.last_error, /none of the requested nodes are available and match the resource class metal/);
    const chosen = await allocate(api, { candidate_nodes: ['n2', 'n1'] });
    assert.equal(chosen.body.node_uuid, plain);
    assert.deepEqual(chosen.body.candidate_nodes, [fast, plain]);
  });

  it('prefers its namesake, else the rack where its owner has fewest', async () => {
    for (const [number, rack] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'a'],
      [4, 'b'],
      [5, 'b'],
    ] as const) {
      await addFreeNode(api, number, { extra: { rack } });
    }
    assert.equal((await allocate(api, { name: 'n2' })).body.node_uuid, uuidOf(2));
    const second = (await allocate(api)).body.node_uuid;
    assert.ok([uuidOf(4), uuidOf(5)].includes(second), second);
    const racks: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { node_uuid: uuid } = (await allocate(api)).body;
      racks.push(String((await nodeOf(api, uuid)).extra.rack));
    }
    assert.deepEqual(racks.toSorted(), ['a', 'b']);
  });

  it('never gives the same node twice, however many ask at once', async () => {
    for (let number = 1; number <= 12; number += 1) await addFreeNode(api, number);
    const answers = await Promise.all(Array.from({ length: 30 }, () => allocate(api)));
    const active = answers.filter(({ body }) => body.state === 'active').map(({ body }) => body.node_uuid);
    assert.equal(active.length, 12);
    assert.equal(new Set(active).size, 12);
    const failed = answers.filter(({ body }) => body.state === 'error');
    assert.equal(failed.length, 18);
  });

  it('fills in an allocation for a node that is in use', async () => {
    const uuid = await addFreeNode(api, 1, { provision_state: 'active' });
    const free = await addFreeNode(api, 2);
    const made = await allocate(api, { node: 'n1', resource_class: undefined });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual([made.body.state, made.body.node_uuid, made.body.resource_class], ['active', uuid, 'metal']);
    const again = await allocate(api, { node: 'n1' });
    assert.equal(again.status, 409, again.text);
    const idle = await allocate(api, { node: free });
    assert.equal(idle.status, 409);
    assert.match(faultOf(idle), /Node must be in the "active" state, but the current state is "available"/);
    assert.equal((await allocate(api, { node: 'n9' })).status, 400);
    assert.equal((await allocate(api, { node: 'n1' }, '1.57')).status, 400);
    const held = await api.request('DELETE', '/v1/nodes/n1/allocation');
    assert.equal(held.status, 409);
    assert.match(faultOf(held), /because the node is active \(and maintenance mode is off\)/);
    await api.database.pool.query('update nodes set maintenance = true');
    assert.equal((await api.request('DELETE', '/v1/nodes/n1/allocation')).status, 204);
  });

  it('ends with the node that it gave, and with its instance', async () => {
    await addFreeNode(api, 1);
    await addFreeNode(api, 2);
    const first = (await allocate(api, { candidate_nodes: ['n1'] })).body.uuid;
    const second = (await allocate(api, { candidate_nodes: ['n2'] })).body.uuid;
    const remove = { body: [{ op: 'remove', path: '/instance_uuid' }] };
    await api.database.pool.query(`update nodes set provision_state = 'active' where name = 'n1'`);
    const refused = await api.request('PATCH', '/v1/nodes/n1', remove);
    assert.equal(refused.status, 409, refused.text);
    assert.match(faultOf(refused), /with an allocation can not have instance_uuid removed.*Current state is 'active'/);
    assert.equal((await api.request('GET', `/v1/allocations/${first}`)).status, 200);
    await api.database.pool.query(`update nodes set maintenance = true where name = 'n1'`);
    assert.equal((await api.request('PATCH', '/v1/nodes/n1', remove)).status, 200);
    assert.equal((await api.request('GET', `/v1/allocations/${first}`)).status, 404);
    await api.database.pool.query(`delete from nodes where name = 'n2'`);
    assert.equal((await api.request('GET', `/v1/allocations/${second}`)).status, 404);
  });

  it('refuses what is wrong or too new', async () => {
    const lacking = await allocate(api, { resource_class: undefined });
    assert.equal(lacking.status, 400);
    assert.equal(faultOf(lacking), 'The resource_class field is mandatory when not backfilling');
    assert.equal((await allocate(api, { name: 'a b' })).status, 400);
    assert.equal((await allocate(api, { owner: 'x' }, '1.59')).status, 406);
    assert.equal((await allocate(api, {}, '1.51')).status, 405);
    assert.equal((await api.request('GET', '/v1/allocations', { version: '1.51' })).status, 404);
    const { uuid } = (await allocate(api, { name: 'old' })).body;
    assert.equal((await allocate(api, { name: 'old' })).status, 409);
    const patch = { body: [{ op: 'replace', path: '/name', value: 'new' }] };
    assert.equal((await api.request('PATCH', `/v1/allocations/${uuid}`, { ...patch, version: '1.56' })).status, 405);
    const other = { body: [{ op: 'replace', path: '/resource_class', value: 'x' }] };
    const refused = await api.request('PATCH', `/v1/allocations/${uuid}`, other);
    assert.match(faultOf(refused), /Cannot patch \/resource_class. Only the following can be updated: name, extra/);
    const shown = await api.request('GET', `/v1/allocations/${uuid}`, { version: '1.59' });
    assert.equal('owner' in shown.body, false);
    assert.equal((await api.request('GET', '/v1/allocations?node=nobody')).status, 400);
  });
});

describe('API allocations that wait', () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi({ env: { ANNEAL_ALLOCATION_QUEUE: 'true' } });
  });
  afterEach(() => api.close());

  const stateOf = async (uuid: string): Promise<string> =>
    (await api.request('GET', `/v1/allocations/${uuid}`)).body.state;
  const FREEING: readonly [string, Readonly<Record<string, unknown>>, string][] = [
    ['becomes available', { provision_state: 'cleaning' }, `set provision_state = 'available'`],
    ['leaves maintenance', { maintenance: true }, 'set maintenance = false'],
    ['has its power state read', { power_state: null }, `set power_state = 'power off'`],
    ['gets the resource class', { resource_class: 'x' }, `set resource_class = 'metal'`],
    ['is let go by an operation', { reservation: 'worker' }, 'set reservation = null'],
  ];
  for (const [what, columns, change] of FREEING) {
    it(`get a node that ${what}, the oldest first`, async () => {
      await addFreeNode(api, 1, columns);
      const other = (await allocate(api, { resource_class: 'other' })).body;
      const older = (await allocate(api)).body;
      const newer = (await allocate(api)).body;
      assert.deepEqual([other.state, older.state, newer.state], ['allocating', 'allocating', 'allocating']);
      assert.match(older.last_error, /Of 1 nodes 1 /);
      await api.database.pool.query(`update nodes ${change}`);
      assert.deepEqual([await stateOf(older.uuid), await stateOf(newer.uuid)], ['active', 'allocating']);
      assert.equal((await nodeOf(api, 'n1')).instance_uuid, older.uuid);
      assert.equal(await stateOf(other.uuid), 'allocating');
      await api.request('DELETE', `/v1/allocations/${older.uuid}`);
      assert.equal(await stateOf(newer.uuid), 'active');
    });
  }

  it('get a node that gets the trait', async () => {
    await addFreeNode(api, 1);
    const { uuid } = (await allocate(api, { traits: ['CUSTOM_A'] })).body;
    assert.equal(await stateOf(uuid), 'allocating');
    await api.request('PUT', '/v1/nodes/n1/traits/CUSTOM_A');
    assert.equal(await stateOf(uuid), 'active');
  });

  it('can be deleted while they wait', async () => {
    const { uuid } = (await allocate(api)).body;
    assert.equal((await api.request('DELETE', `/v1/allocations/${uuid}`)).status, 204);
    await addFreeNode(api, 1);
    assert.equal((await nodeOf(api, 'n1')).instance_uuid, null);
  });

  it('miss no node that is freed while they are made', async () => {
    for (let number = 1; number <= 10; number += 1) await addFreeNode(api, number, { provision_state: 'cleaning' });
    const freed = Array.from({ length: 10 }, async (_, index) => {
      await api.database.pool.query(`update nodes set provision_state = 'available' where uuid = $1`, [
        uuidOf(index + 1),
      ]);
    });
    const made = Array.from({ length: 10 }, () => allocate(api));
    await Promise.all([...freed, ...made]);
    const { allocations } = (await api.request('GET', '/v1/allocations?state=active')).body;
    assert.equal(allocations.length, 10);
  });
});
