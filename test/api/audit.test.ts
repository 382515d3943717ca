import assert from 'node:assert/strict';
import { startTestApi } from '../support/api.ts';
import { startTenantApi, type TenantApi } from '../support/tenants.ts';

const REQUEST = 'req-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

describe('API audit', () => {
  let tenants: TenantApi;
  let uuid: string;
  const as: TenantApi['as'] = (...request) => tenants.as(...request);

  before(async () => {
    tenants = await startTenantApi({ ANNEAL_API_TRUSTED_PROXIES: '127.0.0.0/8' });
    const body = { driver: 'fake-hardware', name: 'mine', owner: 'p1' };
    uuid = (await as('sys-admin', 'POST', '/v1/nodes', body)).body.uuid as string;
  });
  after(() => tenants.close());

  it('notes who asked for what, from where, and what came of it, for ever', async () => {
    const headers = {
      'X-Auth-Token': 'p1-member',
      'X-Openstack-Request-Id': REQUEST,
      'X-Forwarded-For': '203.0.113.9, 198.51.100.7, 127.0.0.2',
    };
    await tenants.api.request('PUT', '/v1/nodes/mine/maintenance', { headers, body: { reason: 'fan' } });
    const { body } = await as('sys-reader', 'GET', `/anneal/v1/requests/${REQUEST}`);
    const [{ at, ...noted }] = body.requests;
    assert.ok(Math.abs(Date.parse(at as string) - Date.now()) < 60_000);
    assert.deepEqual(noted, {
      request_id: REQUEST,
      method: 'PUT',
      path: '/v1/nodes/mine/maintenance',
      status: 202,
      node_uuid: uuid,
      username: 'mia',
      user_id: 'id-of-mia',
      project: 'p1',
      // The last proxy that isn't trusted may have made up what it says is before it.
      address: '198.51.100.7',
    });
    assert.deepEqual(body.operations, []);
  });

  it('notes refusals and what is gone by its name, in pages, after the node is gone', async () => {
    assert.equal((await as('p1-member', 'DELETE', '/v1/nodes/mine')).status, 403);
    assert.equal(
      (await as('sys-admin', 'PATCH', '/v1/nodes/mine', [{ op: 'add', path: '/bogus', value: 1 }])).status,
      400,
    );
    assert.equal((await as('sys-admin', 'DELETE', '/v1/nodes/mine')).status, 204);
    const seen: unknown[] = [];
    let path: string | undefined = `/anneal/v1/nodes/${uuid}/history?type=request&limit=2`;
    for (let page = 0; path !== undefined && page < 10; page += 1) {
      const { body } = await as('sys-reader', 'GET', path);
      const lines = body.history as { request: { method: string; status: number } }[];
      seen.push(...lines.map(({ request: { method, status } }) => [method, status]));
      path = (body.next as string | undefined)?.slice(tenants.api.url.length);
    }
    assert.deepEqual(seen, [
      ['DELETE', 204],
      ['PATCH', 400],
      ['DELETE', 403],
      ['PUT', 202],
      ['POST', 201],
    ]);
  });

  it('goes from a request to the workflow that it started', async () => {
    const run = '11111111-2222-4333-8444-555555555555';
    await tenants.api.database.pool.query(
      `insert into node_history (node_uuid, event, event_type, severity, request_id, operation_run)
       values ($1::uuid, 'Started', 'provide', 'INFO', $2::text, $3::uuid)`,
      [uuid, 'req-of-operation', run],
    );
    const { body } = await as('sys-reader', 'GET', '/anneal/v1/requests/req-of-operation');
    assert.equal(body.operations[0].workflow_id, `node:${uuid}`);
    assert.equal(body.operations[0].run, run);
    assert.equal(body.operations[0].verb, 'provide');
    const { body: told } = await as('sys-reader', 'GET', `/anneal/v1/nodes/${uuid}/history?type=provide`);
    assert.equal(told.history[0].request_id, 'req-of-operation');
    assert.deepEqual(told.history[0].operation, { workflow_id: `node:${uuid}`, run_id: run });
  });

  describe('in the node’s history', () => {
    interface Line {
      readonly event: string;
      readonly event_type: string;
      readonly user: string | null;
      readonly project: string | null;
    }
    /** The node's history as Ironic's clients page through it. */
    const historyOf = async (node: string): Promise<Line[]> => {
      const lines: Line[] = [];
      let path: string | undefined = `/v1/nodes/${node}/history?detail=true&limit=3`;
      for (let page = 0; path !== undefined && page < 20; page += 1) {
        const { body } = await as('sys-reader', 'GET', path);
        lines.push(...(body.history as Line[]));
        path = (body.next as string | undefined)?.slice(tenants.api.url.length);
      }
      return lines;
    };
    /** `POST ports 201` for each request about the node. */
    const askedOf = async (node: string): Promise<string[]> =>
      (await historyOf(node)).flatMap(({ event }) => {
        const [, method, path = '', status] = /^(\w+) \/v1\/(\S+): (\d+), by /.exec(event) ?? [];
        return method === undefined ? [] : [`${method} ${path.replace(/[0-9a-f-]{36}/, '…')} ${status}`];
      });
    const enrol = async (name: string): Promise<string> => {
      const made = await as('sys-admin', 'POST', '/v1/nodes', { driver: 'fake-hardware', name, owner: 'p1' });
      assert.equal(made.status, 201, made.text);
      return made.body.uuid as string;
    };

    it('stands each request on the node and on what belongs to it, with who asked', async () => {
      const nodeUuid = await enrol('whole');
      const otherUuid = await enrol('other');
      await tenants.api.database.pool.query(`update nodes set power_state = 'power off'`);
      const make = async (path: string, body: object): Promise<string> => {
        const made = await as('p1-admin', 'POST', `/v1/${path}`, { node_uuid: nodeUuid, ...body });
        assert.equal(made.status, 201, made.text);
        return made.body.uuid as string;
      };
      const port = await make('ports', { address: '52:54:00:00:00:01' });
      await make('portgroups', { name: 'bond' });
      const connector = await make('volume/connectors', { type: 'iqn', connector_id: 'iqn.x' });
      const target = { volume_type: 'iscsi', boot_index: 0, volume_id: 'v', properties: {} };
      const targetUuid = await make('volume/targets', target);
      await as('p1-admin', 'PUT', '/v1/nodes/whole/traits/CUSTOM_X');
      await as('sys-admin', 'DELETE', `/v1/volume/targets/${targetUuid}`);
      await as('sys-admin', 'PATCH', `/v1/volume/connectors/${connector}`, [
        { op: 'replace', path: '/extra', value: { a: 1 } },
      ]);
      await as('sys-admin', 'DELETE', '/v1/portgroups/bond');
      await as('p3-admin', 'DELETE', `/v1/ports/${port}`);
      const moved = [{ op: 'replace', path: '/node_uuid', value: otherUuid }];
      assert.equal((await as('sys-admin', 'PATCH', `/v1/ports/${port}`, moved)).status, 200);
      assert.deepEqual(await askedOf('whole'), [
        'POST nodes 201',
        'POST ports 201',
        'POST portgroups 201',
        'POST volume/connectors 201',
        'POST volume/targets 201',
        'PUT nodes/whole/traits/CUSTOM_X 204',
        'DELETE volume/targets/… 204',
        'PATCH volume/connectors/… 200',
        'DELETE portgroups/bond 204',
        'DELETE ports/… 404',
        'PATCH ports/… 200',
      ]);
      assert.deepEqual(await askedOf('other'), ['POST nodes 201', 'PATCH ports/… 200']);
      const [, second] = await historyOf('whole');
      assert.equal(second?.event_type, 'request');
      assert.deepEqual([second.user, second.project], ['ada', 'p1']);
      assert.match(second.event, /^POST \/v1\/ports: 201, by ada from 127\.0\.0\.1 \(req-[0-9a-f-]{36}\)$/);
    });

    it('stands what was asked of a thing whose name ends as a content type does', async () => {
      await enrol('ends.json');
      const changed = await tenants.api.request('PATCH', '/v1/nodes/ends.json', {
        version: '1.90',
        headers: { 'X-Auth-Token': 'sys-admin' },
        body: [{ op: 'replace', path: '/extra', value: { rack: 1 } }],
      });
      assert.equal(changed.status, 200, changed.text);
      assert.deepEqual(await askedOf('ends.json'), ['POST nodes 201', 'PATCH nodes/ends 200']);
    });

    it('stands an allocation, for whom it was and who ended it', async () => {
      const nodeUuid = await enrol('free');
      await tenants.api.database.pool.query(
        `update nodes set provision_state = 'available', power_state = 'power off', resource_class = 'metal'
          where uuid = $1::uuid`,
        [nodeUuid],
      );
      const made = await as('p1-member', 'POST', '/v1/allocations', { name: 'job', resource_class: 'metal' });
      assert.equal(made.body.node_uuid, nodeUuid, made.text);
      await as('p1-member', 'DELETE', '/v1/allocations/job');
      assert.deepEqual(await askedOf('free'), ['POST nodes 201', 'POST allocations 201', 'DELETE allocations/job 204']);
      const given = (await historyOf('free')).find((line) => line.event_type === 'allocation');
      assert.equal(given?.event, `Given to the allocation job (${made.body.uuid})`);
      assert.deepEqual([given.user, given.project], ['mia', 'p1']);
    });
  });

  it('takes what processes of the version before note, until they are restarted', async () => {
    await tenants.api.database.pool.query(
      `insert into api_requests (request_id, method, path, status, node_uuid, username, user_id, project, address)
       values ('req-of-before', 'PUT', '/v1/nodes/mine/maintenance', 202, $1::uuid, 'mia', 'id', 'p1', '127.0.0.1')`,
      [uuid],
    );
    const { body } = await as('sys-reader', 'GET', '/anneal/v1/requests/req-of-before');
    assert.equal(body.requests[0].node_uuid, uuid);
    const { body: told } = await as('sys-reader', 'GET', `/anneal/v1/nodes/${uuid}/history?limit=1`);
    assert.equal(told.history[0].request_id, 'req-of-before');
  });

  it('is for the system and the node’s owner', async () => {
    assert.equal((await as('p1-admin', 'GET', `/anneal/v1/requests/${REQUEST}`)).status, 403);
    const made = await as('sys-admin', 'POST', '/v1/nodes', {
      driver: 'fake-hardware',
      name: 'two',
      owner: 'p1',
      lessee: 'p2',
    });
    assert.equal(made.status, 201);
    assert.equal((await as('p1-reader', 'GET', '/anneal/v1/nodes/two/history')).status, 200);
    assert.equal((await as('p2-admin', 'GET', '/anneal/v1/nodes/two/history')).status, 403);
    assert.equal((await as('p3-admin', 'GET', '/anneal/v1/nodes/two/history')).status, 403);
    assert.equal((await as('sys-reader', 'GET', '/anneal/v1/requests/req-nonsense')).status, 404);
  });

  it('believes nobody about X-Forwarded-For by default, and notes no reading', async () => {
    const api = await startTestApi();
    try {
      const headers = { 'X-Forwarded-For': '203.0.113.9', 'X-Openstack-Request-Id': REQUEST };
      await api.request('POST', '/v1/nodes', { headers, body: { driver: 'fake-hardware' } });
      for (const method of ['GET', 'HEAD']) await fetch(`${api.url}/v1/nodes`, { method, headers });
      const { body } = await api.request('GET', `/anneal/v1/requests/${REQUEST}`);
      assert.equal(body.requests.length, 1);
      assert.equal(body.requests[0].address, '127.0.0.1');
    } finally {
      await api.close();
    }
    await assert.rejects(startTestApi({ env: { ANNEAL_API_TRUSTED_PROXIES: '10.0.0.0/33' } }), /TRUSTED_PROXIES/);
  });
});
