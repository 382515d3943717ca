import assert from 'node:assert/strict';
import { openAgentSession, setAwaited } from '../../db/agent-sessions.ts';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

const ADDRESS = '52:54:00:12:34:56';

describe('API of the agent', () => {
  let api: TestApi;
  let uuid: string;
  beforeEach(async () => {
    api = await startTestApi({ env: { ANNEAL_CLAIM_TIMEOUT_MS: '500' } });
    uuid = (await api.request('POST', '/v1/nodes', { body: { driver: 'ipmi', name: 'n' } })).body.uuid;
    await api.request('POST', '/v1/ports', { body: { node_uuid: uuid, address: ADDRESS } });
  });
  afterEach(() => api.close());

  async function boot(state: string): Promise<void> {
    await openAgentSession(api.database.pool, { nodeUuid: uuid, bootId: 'run:1', network: 'cleaning' });
    await api.database.pool.query('update nodes set provision_state = $2 where uuid = $1', [uuid, state]);
  }
  const lookup = (version = '1.68') => api.request('GET', `/v1/lookup?addresses=${ADDRESS}`, { version });
  const beat = (body: unknown) => api.request('POST', `/v1/heartbeat/${uuid}`, { body, version: '1.68' });

  it('hands out the token once, to the agent of a node that waits', async () => {
    assert.equal((await lookup()).status, 404);
    await boot('clean wait');
    const first = await lookup();
    assert.equal(first.status, 200, first.text);
    assert.equal(first.body.node.uuid, uuid);
    assert.match(first.body.config.agent_token, /^.{32,}$/);
    assert.equal(first.body.config.agent_token_required, true);
    assert.equal((await lookup()).body.config.agent_token, '******');
    assert.equal((await lookup('1.21')).status, 404);
  });

  it('wants a token, and the right one', async () => {
    await boot('clean wait');
    await lookup();
    const none = await beat({ callback_url: 'https://192.0.2.1:9999' });
    assert.equal(none.status, 400);
    assert.match(faultOf(none), /Agent token is required/);
    const wrong = await beat({ callback_url: 'https://192.0.2.1:9999', agent_token: 'x'.repeat(43) });
    assert.equal(wrong.status, 401);
    assert.doesNotMatch(wrong.text, /xxx/);
    const missing = await beat({ agent_token: 'x' });
    assert.match(faultOf(missing), /'callback_url' is a required property/);
  });

  it('takes heartbeats, and answers 503 while it can’t tell the workflow that waits', async () => {
    await boot('clean wait');
    const { agent_token } = (await lookup()).body.config;
    const body = {
      callback_url: 'https://192.0.2.1:9999',
      agent_token,
      agent_version: '13.0.0',
      agent_verify_ca: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    };
    const idle = await beat(body);
    assert.equal(idle.status, 202, idle.text);
    assert.equal(idle.text, '');
    await setAwaited(api.database.pool, { nodeUuid: uuid, bootId: 'run:1', awaited: true });
    // Temporal is away in this test: the agent is told to come again.
    assert.equal((await beat(body)).status, 503);
    const moved = await beat({ ...body, callback_url: 'https://192.0.2.9:9999' });
    assert.equal(moved.status, 400);
  }).timeout(30_000);

  it('keeps what an inspection found, of a node that is inspected', async () => {
    const report = { inventory: { interfaces: [{ mac_address: ADDRESS }], disks: [] }, extra_plugin: { a: 1 } };
    const send = () => api.request('POST', '/v1/continue_inspection', { body: report, version: '1.84' });
    assert.equal((await send()).status, 404);
    await boot('inspect wait');
    assert.equal((await send()).status, 503);
    const kept = await api.request('GET', `/v1/nodes/${uuid}/inventory`);
    assert.deepEqual(kept.body, { inventory: report.inventory, plugin_data: { extra_plugin: { a: 1 } } });
    const empty = await api.request('POST', '/v1/continue_inspection', { body: { inventory: { interfaces: [] } } });
    assert.equal(empty.status, 400);
  }).timeout(30_000);
});
