import assert from 'node:assert/strict';
import { registerWorker } from '../../db/workers.ts';
import { FAKE_HARDWARE, startTestApi, type TestApi } from '../support/api.ts';

/** Everything that a list shows of a node and that changes, by a change and what is seen of it then. */
const CHANGES = [
  { change: `update nodes set description = 'new' where name = 'n2'`, field: 'description', seen: 'new' },
  { change: `update nodes set reservation = 'worker-9' where name = 'n2'`, field: 'conductor', seen: 'worker-9' },
  {
    change: `insert into node_traits (node_uuid, trait) select uuid, 'CUSTOM_A' from nodes where name = 'n2'`,
    field: 'traits',
    seen: ['CUSTOM_A'],
  },
  { change: `update node_traits set trait = 'CUSTOM_B'`, field: 'traits', seen: ['CUSTOM_B'] },
  {
    change: `insert into allocations (uuid, resource_class, state, node_uuid)
      select '6f0c1a53-0f0d-4a3e-8f3f-5a7d0f6b8a11', 'x', 'active', uuid from nodes where name = 'n2'`,
    field: 'allocation_uuid',
    seen: '6f0c1a53-0f0d-4a3e-8f3f-5a7d0f6b8a11',
  },
] as const;

for (const mib of ['64', '0'])
  describe(`API lists of nodes that are kept as JSON (${mib} MiB)`, () => {
    let api: TestApi;
    before(async () => {
      api = await startTestApi({ env: { ANNEAL_API_LIST_CACHE_MIB: mib } });
      for (const name of ['n1', 'n2', 'n3']) {
        const body = { driver: 'fake-hardware', name };
        assert.equal((await api.request('POST', '/v1/nodes', { body })).status, 201);
      }
    });
    after(() => api.close());

    const list = async (query = ''): Promise<Record<string, unknown>[]> => {
      const answer = await api.request('GET', `/v1/nodes/detail${query}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.body.nodes;
    };

    for (const { change, field, seen } of CHANGES)
      it(`shows a new ${field} at once: ${JSON.stringify(seen)}`, async () => {
        await list();
        await api.database.pool.query(change);
        const nodes = await list();
        assert.deepEqual(
          nodes.map(({ name }) => name),
          ['n1', 'n2', 'n3'],
        );
        assert.deepEqual(nodes[1]?.[field], seen);
      });

    it('shows another conductor when a site gets another first worker', async () => {
      await list();
      const worker = { hostname: 'a-worker', conductorGroup: '', hardwareTypes: [FAKE_HARDWARE] };
      await registerWorker(api.database.pool, worker);
      assert.equal((await list())[0]?.['conductor'], 'a-worker');
    });

    it('shows what was rolled back never, and each version and each choice of fields by itself', async () => {
      const client = await api.database.pool.connect();
      await client.query(`begin; update nodes set description = 'never' where name = 'n1'`);
      assert.equal((await list())[0]?.['description'], null);
      await client.query('rollback');
      client.release();
      assert.equal((await list())[0]?.['description'], null);
      const old = await api.request('GET', '/v1/nodes/detail', { version: '1.50' });
      assert.ok(!('description' in old.body.nodes[0]));
      const few = await api.request('GET', '/v1/nodes?fields=name');
      assert.deepEqual(Object.keys(few.body.nodes[0]), ['name', 'links']);
    });

    it('leaves out what a filter fits no more, and what is gone', async () => {
      assert.equal((await list('?maintenance=false')).length, 3);
      await api.database.pool.query(`update nodes set maintenance = true where name = 'n3'`);
      assert.equal((await list('?maintenance=false')).length, 2);
      await api.database.pool.query(`delete from nodes where name = 'n1'`);
      assert.deepEqual(
        (await list()).map(({ name }) => name),
        ['n2', 'n3'],
      );
    });

    it('answers many at once while nodes change', async () => {
      const lists = Array.from({ length: 30 }, async (_, index) => {
        if (index % 3 === 0) await api.database.pool.query(`update nodes set extra = extra`);
        return (await list()).length;
      });
      assert.deepEqual(new Set(await Promise.all(lists)), new Set([2]));
    });
  });
