import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { until } from '../support/until.ts';

describe('API of Anneal’s own', () => {
  let api: TestApi;
  before(async () => (api = await startTestApi({ env: { ANNEAL_PAYLOAD_KEY: '7b'.repeat(32) } })));
  after(() => api.close());

  it('keeps networks', async () => {
    const made = await api.request('POST', '/anneal/v1/networks', { body: { name: 'red', vlan: 7 } });
    assert.equal(made.status, 201);
    assert.equal((await api.request('GET', `/anneal/v1/networks/${made.body.uuid}`)).body.name, 'red');
    const twice = await api.request('POST', '/anneal/v1/networks', { body: { name: 'red', vlan: 8 } });
    assert.equal(twice.status, 409);
    const vlan = await api.request('POST', '/anneal/v1/networks', { body: { name: 'green', vlan: 5000 } });
    assert.equal(vlan.status, 400);
    assert.match(faultOf(vlan), /vlan: /);
    assert.equal((await api.request('GET', '/anneal/v1/networks')).body.networks.length, 1);
    assert.equal((await api.request('DELETE', '/anneal/v1/networks/red')).status, 204);
    assert.equal((await api.request('DELETE', '/anneal/v1/networks/red')).status, 404);
  });

  it('keeps switches and masks their secrets', async () => {
    const settings = { ovsdb: 'tcp:127.0.0.1:6640', bridge: 'br0', password: 'hush' };
    const put = (body: unknown) => api.request('PUT', '/anneal/v1/switches/leaf-1', { body });
    const made = await put({ driver: 'ovs', settings });
    assert.equal(made.status, 200, made.text);
    assert.equal(made.body.settings.password, '******');
    await put({ driver: 'ovs', settings: { ...made.body.settings, bridge: 'br1' } });
    const { rows } = await api.database.pool.query('select settings from switches');
    assert.deepEqual(rows[0]?.settings, { ...settings, bridge: 'br1' });
    assert.equal((await put({ driver: 'nope', settings })).status, 400);
    assert.equal((await api.request('DELETE', '/anneal/v1/switches/leaf-1')).status, 204);
    assert.equal((await api.request('GET', '/anneal/v1/switches/leaf-1')).status, 404);
  });

  it('encodes and decodes payloads for the Temporal UI', async () => {
    const plain = {
      metadata: { encoding: Buffer.from('json/plain').toString('base64') },
      data: Buffer.from('{"a":1}').toString('base64'),
    };
    const encoded = await api.request('POST', '/anneal/v1/codec/encode', { body: { payloads: [plain] } });
    assert.equal(encoded.status, 200, encoded.text);
    assert.equal(Buffer.from(encoded.body.payloads[0].metadata.encoding, 'base64').toString(), 'binary/encrypted');
    const decoded = await api.request('POST', '/anneal/v1/codec/decode', { body: encoded.body });
    assert.deepEqual(decoded.body, { payloads: [plain] });
    encoded.body.payloads[0].data = Buffer.alloc(64, 1).toString('base64');
    assert.equal((await api.request('POST', '/anneal/v1/codec/decode', { body: encoded.body })).status, 400);
    // As the temporal command asks for an empty list.
    const none = await api.request('POST', '/anneal/v1/codec/decode', { body: {} });
    assert.deepEqual([none.status, none.body], [200, { payloads: [] }]);
  });

  it('lets only the configured origins use the codec from a browser', async () => {
    const preflight = (Origin: string) =>
      api.request('OPTIONS', '/anneal/v1/codec/decode', { headers: { Origin }, version: null });
    const ui = await preflight('http://127.0.0.1:8233');
    assert.equal(ui.status, 204);
    assert.equal(ui.headers.get('Access-Control-Allow-Origin'), 'http://127.0.0.1:8233');
    assert.match(ui.headers.get('Access-Control-Allow-Headers') ?? '', /X-Namespace/);
    const other = await preflight('http://evil.example');
    assert.equal(other.headers.get('Access-Control-Allow-Origin'), null);
    assert.equal(other.status, 405);
  });

  it('answers health and metrics', async () => {
    assert.deepEqual((await api.request('GET', '/healthz')).body, { status: 'ok' });
    const metrics = await api.request('GET', '/metrics');
    assert.match(metrics.text, /baremetal_api_request_seconds_count\{method="GET",status="2xx"\}/);
  });
});

describe('API of cleaning schedules and records', () => {
  let stack: Stack;
  before(async () => (stack = await startStack()));
  after(() => stack?.close());

  it('creates, lists, shows, pauses, triggers and deletes a schedule', async () => {
    const name = `weekly-${stack.site}`;
    const path = `/anneal/v1/cleaning-schedules/${name}`;
    const body = { name, site: stack.site, cron: ['0 3 * * 0'], selector: { resource_class: 'metal' } };
    const made = await stack.request('POST', '/anneal/v1/cleaning-schedules', { body });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.paused, false);
    assert.equal(made.body.selects_nothing, false);
    assert.deepEqual(made.body.selector, { resource_class: 'metal' });
    assert.ok(made.body.next_runs_at.length > 0);
    assert.equal((await stack.request('POST', '/anneal/v1/cleaning-schedules', { body })).status, 409);
    assert.equal((await stack.request('POST', `${path}/pause`, { body: { note: 'holiday' } })).status, 204);
    const paused = (await stack.request('GET', path)).body;
    assert.deepEqual([paused.paused, paused.note], [true, 'holiday']);
    assert.equal((await stack.request('POST', `${path}/unpause`)).status, 204);
    assert.equal((await stack.request('POST', `${path}/trigger`)).status, 202);
    assert.equal((await stack.request('DELETE', path)).status, 204);
    for (const gone of [path, `${path}/pause`]) {
      const method = gone === path ? 'GET' : 'POST';
      assert.equal((await stack.request(method, gone)).status, 404);
    }
  });

  it('refuses a schedule that does not fit and says why', async () => {
    const send = (fields: object) =>
      stack.request('POST', '/anneal/v1/cleaning-schedules', { body: { name: 'x', cron: ['0 3 * * 0'], ...fields } });
    const cron = await send({ cron: ['whenever'] });
    assert.equal(cron.status, 400, cron.text);
    assert.match(faultOf(cron), /cron/);
    assert.match(faultOf(await send({ max_percent_per_rack: 0 })), /max_percent_per_rack/);
    assert.match(faultOf(await send({ selector: { color: 'red' } })), /'color' was unexpected/);
    const unknown = await send({ selector: { nodes: ['nope'] } });
    assert.equal(unknown.status, 400, unknown.text);
    assert.equal(faultOf(unknown), 'selector/nodes: the site "default" has no node with the name or uuid nope.');
  });

  it('shows how the last run went', async () => {
    const name = `nightly-${stack.site}`;
    const node = await stack.addNode({ name: `swept-${stack.site}` });
    await stack.provision(node, { target: 'manage' });
    await stack.awaitState(node, 'manageable');
    await stack.provision(node, { target: 'provide' });
    await stack.awaitState(node, 'available');
    const body = { name, site: stack.site, cron: ['0 3 * * *'], selector: { nodes: [node] } };
    const made = await stack.request('POST', '/anneal/v1/cleaning-schedules', { body });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.last_run, null);
    const path = `/anneal/v1/cleaning-schedules/${name}`;
    assert.equal((await stack.request('POST', `${path}/trigger`)).status, 202);
    const { last_run } = await ended(path);
    assert.deepEqual(last_run.result, { selected: 1, cleaned: 1, failed: 0, skipped: 0, left: 0, stopped: null });
    const listed = (await stack.request('GET', '/anneal/v1/cleaning-schedules')).body.cleaning_schedules;
    assert.deepEqual(listed.find((schedule: { name: string }) => schedule.name === name)?.last_run, last_run);
    assert.equal((await stack.request('DELETE', path)).status, 204);
  });

  it('shows the proofs of a cleaning', async () => {
    const uuid = await stack.addNode({ name: `proved-${stack.site}` });
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    await stack.provision(uuid, { target: 'provide' });
    await stack.awaitState(uuid, 'available');
    const { erasures } = (await stack.request('GET', `/anneal/v1/nodes/${uuid}/erasures`)).body;
    assert.ok(erasures.length > 0);
    assert.ok(erasures.every((record: { result: string }) => record.result === 'accepted'));
  });

  async function ended(path: string) {
    return until(`a run of the schedule ${path} that ended`, async () => {
      const { body } = await stack.request('GET', path);
      return body.last_run?.status === 'completed' && body;
    });
  }
});
