import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

describe('API lists of nodes', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
    for (const index of [1, 2, 3, 4, 5]) {
      const body = {
        driver: index === 5 ? 'ipmi' : 'fake-hardware',
        name: `n${index}`,
        resource_class: index % 2 === 0 ? 'even' : 'odd',
        owner: `o${index}`,
        description: `The ${index}. Node`,
      };
      assert.equal((await api.request('POST', '/v1/nodes', { body })).status, 201);
    }
    await api.request('PATCH', '/v1/nodes/n3', { body: [{ op: 'add', path: '/maintenance', value: true }] });
    await api.database.pool.query(`update nodes set provision_state = 'available', shard = 's1' where name = 'n2'`);
  });
  after(() => api.close());

  async function names(query: string, version = '1.115'): Promise<string[]> {
    const answer = await api.request('GET', `/v1/nodes${query}`, { version });
    assert.equal(answer.status, 200, answer.text);
    return (answer.body.nodes as { name: string }[]).map((node) => node.name);
  }

  it('lists in the order of creation with few fields', async () => {
    const answer = await api.request('GET', '/v1/nodes');
    assert.deepEqual(Object.keys(answer.body.nodes[0]), [
      'uuid',
      'instance_uuid',
      'maintenance',
      'name',
      'power_state',
      'provision_state',
      'links',
    ]);
    assert.equal(answer.body.next, undefined);
    assert.deepEqual(await names(''), ['n1', 'n2', 'n3', 'n4', 'n5']);
  });

  const FILTERS: [string, string[]][] = [
    ['?maintenance=True', ['n3']],
    ['?provision_state=available', ['n2']],
    ['?driver=ipmi', ['n5']],
    ['?resource_class=even', ['n2', 'n4']],
    ['?owner=o4', ['n4']],
    ['?project=o4', ['n4']],
    ['?associated=true', []],
    ['?conductor=worker-1&limit=1', ['n1']],
    ['?conductor_group=&driver=ipmi', ['n5']],
    ['?shard=s1,s2', ['n2']],
    ['?sharded=false', ['n1', 'n3', 'n4', 'n5']],
    ['?description_contains=4.%20node', ['n4']],
    ['?instance_uuid=8a6f4f4e-7f4a-4a1d-9b7c-111111111111', []],
    ['?retired=no', ['n1', 'n2', 'n3', 'n4', 'n5']],
    ['?sort_key=name&sort_dir=desc', ['n5', 'n4', 'n3', 'n2', 'n1']],
    ['?sort_key=resource_class', ['n2', 'n4', 'n1', 'n3', 'n5']],
    ['?parent_node=n1', []],
  ];
  for (const [query, expected] of FILTERS) {
    it(`answers ${query}`, async () => assert.deepEqual(await names(query), expected));
  }

  for (const sort of ['', '&sort_key=resource_class', '&sort_key=name&sort_dir=desc', '&sort_key=instance_uuid']) {
    it(`walks all pages by next${sort}`, async () => {
      const whole = await names(`?${sort.slice(1)}`);
      const seen: string[] = [];
      let path: string | undefined = `/v1/nodes?limit=2&fields=name${sort}`;
      for (let page = 0; path !== undefined && page < 10; page += 1) {
        const answer = await api.request('GET', path);
        seen.push(...(answer.body.nodes as { name: string }[]).map((node) => node.name));
        path = (answer.body.next as string | undefined)?.slice(api.url.length);
      }
      assert.deepEqual(seen, whole);
    });
  }

  it('shows all fields with detail, the links always', async () => {
    const detail = await api.request('GET', '/v1/nodes/detail?limit=1');
    const one = await api.request('GET', '/v1/nodes/n1');
    assert.deepEqual(detail.body.nodes[0], one.body);
    const fields = await api.request('GET', '/v1/nodes?fields=name,traits&limit=1');
    assert.deepEqual(Object.keys(fields.body.nodes[0]), ['name', 'traits', 'links']);
  });

  const BAD: [string, number, RegExp][] = [
    ['?fields=bogus', 400, /bogus/],
    ['?provision_state=bogus', 400, /Provision state "bogus" is not valid/],
    ['?limit=-1', 400, /Limit must be positive/],
    ['?limit=x', 400, /Expected an integer for limit: x/],
    ['?sort_key=properties', 400, /invalid field for sorting/],
    ['?sort_dir=up', 400, /Invalid sort direction: up/],
    ['?marker=8a6f4f4e-7f4a-4a1d-9b7c-111111111111', 404, /could not be found/],
    ['?bogus=1', 400, /Unexpected arguments: bogus/],
    ['?detail=True&fields=uuid', 400, /Can not specify/],
    ['?maintenance=perhaps', 400, /maintenance: expected a boolean/],
  ];
  for (const [query, status, message] of BAD) {
    it(`refuses ${query}`, async () => {
      const answer = await api.request('GET', `/v1/nodes${query}`);
      assert.equal(answer.status, status);
      assert.match(faultOf(answer), message);
    });
  }

  it('refuses a filter that the version doesn’t know', async () => {
    assert.equal((await api.request('GET', '/v1/nodes?driver=ipmi', { version: '1.15' })).status, 406);
    assert.equal((await api.request('GET', '/v1/nodes?fields=uuid', { version: '1.7' })).status, 406);
    assert.equal((await api.request('GET', '/v1/nodes?fields=owner', { version: '1.49' })).status, 406);
  });
});
