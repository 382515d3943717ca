import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { getConfigDrive } from '../../db/config-drives.ts';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';
import { startStack, type Stack } from '../support/stack.ts';

describe('API provisioning', () => {
  let stack: Stack;
  before(async () => (stack = await startStack({ ANNEAL_DISALLOW_CLEAN_STEPS: 'raid.create_configuration' })));
  after(() => stack?.close());

  async function nodeIn(state: 'manageable' | 'available' | 'active'): Promise<string> {
    const uuid = await stack.addNode();
    const way = { manageable: ['manage'], available: ['manage', 'provide'], active: ['manage', 'provide', 'active'] };
    const ends: Record<string, string> = { manage: 'manageable', provide: 'available', active: 'active' };
    for (const target of way[state]) {
      const answer = await stack.provision(uuid, { target });
      assert.equal(answer.status, 202, answer.text);
      await stack.awaitState(uuid, ends[target] ?? '');
    }
    return uuid;
  }

  /** From now on an operation is still there when the next request comes. */
  async function slowDown(uuid: string): Promise<void> {
    const body = [{ op: 'add', path: '/driver_info/fake_power_delay_s', value: 1 }];
    assert.equal((await stack.request('PATCH', `/v1/nodes/${uuid}`, { body })).status, 200);
  }

  it('takes a fake node through its whole life', async () => {
    const uuid = await nodeIn('active');
    const states = await stack.request('GET', `/v1/nodes/${uuid}/states`);
    assert.equal(states.body.provision_state, 'active');
    assert.equal(states.body.power_state, 'power on');
    assert.equal((await stack.provision(uuid, { target: 'rebuild' })).status, 202);
    await stack.awaitState(uuid, 'active');
    assert.equal((await stack.provision(uuid, { target: 'deleted' })).status, 202);
    const node = await stack.awaitState(uuid, 'available');
    assert.equal(node.instance_uuid, null);
    assert.equal((await stack.provision(uuid, { target: 'manage' })).status, 202);
    await stack.awaitState(uuid, 'manageable');
    assert.equal((await stack.provision(uuid, { target: 'inspect' })).status, 202);
    await stack.awaitState(uuid, 'manageable');
    const inventory = await stack.request('GET', `/v1/nodes/${uuid}/inventory`);
    assert.equal(inventory.status, 200, inventory.text);
    assert.ok(Array.isArray(inventory.body.inventory.disks));
    const history = await stack.request('GET', `/v1/nodes/${uuid}/history?detail=true`);
    assert.ok(history.body.history.length >= 8);
    const lines = history.body.history as { uuid: string; event_type: string; conductor: string | null }[];
    assert.deepEqual([lines[0]?.event_type, lines[0]?.conductor], ['request', null]);
    const first = lines.find(({ event_type: type }) => type !== 'request');
    assert.ok(first);
    assert.equal(first.conductor, 'test-worker');
    const one = await stack.request('GET', `/v1/nodes/${uuid}/history/${first.uuid}`);
    assert.deepEqual(one.body, first);
  });

  it('answers 202 with the place of the states', async () => {
    const uuid = await stack.addNode();
    const answer = await stack.provision(uuid, { target: 'manage' });
    assert.equal(answer.status, 202);
    assert.equal(answer.text, '');
    assert.equal(answer.headers.get('Location'), `${stack.url}/v1/nodes/${uuid}/states`);
    await stack.awaitState(uuid, 'manageable');
  });

  it('runs manual clean steps in their order', async () => {
    const uuid = await nodeIn('manageable');
    const clean_steps = [{ interface: 'deploy', step: 'erase_devices_metadata' }];
    const answer = await stack.provision(uuid, { target: 'clean', clean_steps });
    assert.equal(answer.status, 202, answer.text);
    await stack.awaitState(uuid, 'manageable');
  });

  const BAD: [string, Record<string, unknown>, number, RegExp, string?][] = [
    ['an illegal verb', { target: 'active' }, 400, /"active" can not be performed .* in state "manageable"/],
    ['an unknown verb', { target: 'bogus' }, 400, /"bogus" can not be performed/],
    ['no verb', {}, 400, /'target' is a required property/],
    ['clean without steps', { target: 'clean' }, 400, /"clean_steps" is required/],
    [
      'clean with a bad step',
      { target: 'clean', clean_steps: [{ interface: 'deploy' }] },
      400,
      /'0\/step' is a required/,
    ],
    ['a bad interface', { target: 'clean', clean_steps: [{ interface: 'zz', step: 'y' }] }, 400, /0\/interface/],
    ['a config drive for provide', { target: 'provide', configdrive: 'x' }, 400, /"configdrive" is only valid/],
    ['abort when nothing runs', { target: 'abort' }, 400, /"abort" can not be performed/],
    ['a verb newer than the version', { target: 'inspect' }, 406, /1\.6/, '1.5'],
    ['an unknown member', { target: 'provide', bogus: 1 }, 400, /'bogus' was unexpected/],
    ['unhold when nothing is held', { target: 'unhold' }, 400, /"unhold" can not be performed/],
    [
      'a rescue password for provide',
      { target: 'provide', rescue_password: 'x' },
      400,
      /"rescue_password" is only valid/,
    ],
    [
      'a step that the operator forbids',
      { target: 'clean', clean_steps: [{ interface: 'raid', step: 'create_configuration' }] },
      400,
      /clean step 'raid.create_configuration' is not allowed.*ANNEAL_DISALLOW_CLEAN_STEPS/,
    ],
    ['service steps for clean', { target: 'clean', service_steps: [{}] }, 400, /"service_steps" is only valid/],
  ];
  it('refuses bad requests and says why', async () => {
    const uuid = await nodeIn('manageable');
    for (const [what, body, status, message, version = '1.115'] of BAD) {
      const answer = await stack.request('PUT', `/v1/nodes/${uuid}/states/provision`, { body, version });
      assert.equal(answer.status, status, `${what}: ${answer.text}`);
      assert.match(faultOf(answer), message, what);
    }
    assert.equal((await stack.request('GET', `/v1/nodes/${uuid}`)).body.provision_state, 'manageable');
  });

  it('answers 409 while an operation runs, aborts it, and names the safe state', async () => {
    const uuid = await stack.addNode({ driver_info: { fake_clean_delay_s: 20 } });
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    assert.equal((await stack.provision(uuid, { target: 'provide' })).status, 202);
    const again = await stack.provision(uuid, { target: 'provide' });
    assert.equal(again.status, 409, again.text);
    assert.match(faultOf(again), /locked by host test-worker/);
    const power = await stack.request('PUT', `/v1/nodes/${uuid}/states/power`, { body: { target: 'power on' } });
    assert.equal(power.status, 400, power.text);
    assert.match(faultOf(power), /"power on" can not be performed .* in state "cleaning"/);
    const nmi = await stack.request('PUT', `/v1/nodes/${uuid}/management/inject_nmi`, { body: {} });
    assert.equal(nmi.status, 409, nmi.text);
    assert.match(faultOf(nmi), /cleanNode/);
    assert.equal((await stack.provision(uuid, { target: 'abort' })).status, 202);
    const node = await stack.awaitState(uuid, 'clean failed');
    assert.match(node.last_error, /The operation was aborted on request/);
  });

  it('takes a repeated request id for the same operation', async () => {
    const uuid = await stack.addNode({ driver_info: { fake_power_delay_s: 1 } });
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    const headers = { 'X-Openstack-Request-Id': 'req-11111111-2222-3333-4444-555555555555' };
    const send = () =>
      stack.request('PUT', `/v1/nodes/${uuid}/states/power`, { body: { target: 'power on' }, headers });
    const answers = await Promise.all([send(), send(), send()]);
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [202, 202, 202],
    );
    const { rows } = await stack.database.pool.query(
      `select count(*)::integer as started from node_history where node_uuid = $1 and event like 'Started powerNode%'`,
      [uuid],
    );
    assert.equal(rows[0]?.started, 1);
  });

  it('keeps the config drive out of the way of refused requests', async () => {
    const uuid = await nodeIn('available');
    await slowDown(uuid);
    const drive = gzipSync(Buffer.alloc(64, 7)).toString('base64');
    const bad = await stack.provision(uuid, { target: 'active', configdrive: 'neither this nor that' });
    assert.equal(bad.status, 400);
    assert.match(faultOf(bad), /configdrive: expected/);
    assert.doesNotMatch(bad.text, /neither this/);
    const parts = await stack.provision(uuid, { target: 'active', configdrive: { meta: {} } });
    assert.equal(parts.status, 400);
    const [one, two] = await Promise.all([
      stack.provision(uuid, { target: 'active', configdrive: drive }),
      stack.provision(uuid, { target: 'active', configdrive: { meta_data: { name: 'two' } } }),
    ]);
    assert.deepEqual(
      [one.status, two.status].toSorted((a, b) => a - b),
      [202, 409],
    );
    const kept = await getConfigDrive(stack.database.pool, uuid);
    assert.equal(kept, one.status === 202 ? drive : '{"meta_data":{"name":"two"}}');
    await stack.awaitState(uuid, 'active');
  });

  it('refuses to give back a protected node and to deploy one in maintenance', async () => {
    const uuid = await nodeIn('available');
    await stack.request('PUT', `/v1/nodes/${uuid}/maintenance`, { body: { reason: 'fans' } });
    const deploy = await stack.provision(uuid, { target: 'active' });
    assert.equal(deploy.status, 400);
    assert.match(faultOf(deploy), /maintenance mode/);
    await stack.request('DELETE', `/v1/nodes/${uuid}/maintenance`);
    await stack.provision(uuid, { target: 'active' });
    await stack.awaitState(uuid, 'active');
    const patch = [{ op: 'replace', path: '/protected', value: true }];
    assert.equal((await stack.request('PATCH', `/v1/nodes/${uuid}`, { body: patch })).status, 200);
    const answer = await stack.provision(uuid, { target: 'deleted' });
    assert.equal(answer.status, 403);
    assert.match(faultOf(answer), /protected/);
  });

  it('runs the steps of a runbook that the node’s traits approve', async () => {
    const uuid = await nodeIn('manageable');
    const steps = [
      { interface: 'deploy', step: 'erase_devices_metadata', args: {}, order: 2 },
      { interface: 'raid', step: 'delete_configuration', args: {}, order: 1 },
    ];
    const made = await stack.request('POST', '/v1/runbooks', { body: { name: 'CUSTOM_WIPE', steps } });
    assert.equal(made.status, 201, made.text);
    const clean = { target: 'clean', runbook: 'CUSTOM_WIPE' };
    assert.match(faultOf(await stack.provision(uuid, clean)), /no traits configured/);
    await stack.request('PUT', '/v1/runbooks/CUSTOM_WIPE/traits', { body: { traits: ['CUSTOM_OLD'] } });
    assert.match(faultOf(await stack.provision(uuid, clean)), /not been approved for use on this node/);
    await stack.request('PUT', `/v1/nodes/${uuid}/traits`, { body: { traits: ['CUSTOM_OLD'] } });
    const both = await stack.provision(uuid, {
      ...clean,
      clean_steps: [{ interface: 'raid', step: 'delete_configuration' }],
    });
    assert.match(faultOf(both), /not both/);
    assert.equal((await stack.provision(uuid, { ...clean, runbook: 'CUSTOM_NONE' })).status, 404);
    assert.equal((await stack.provision(uuid, clean)).status, 202);
    await stack.awaitState(uuid, 'manageable');
    const { rows } = await stack.database.pool.query('select calls from fake_devices where node_uuid = $1', [uuid]);
    const ran = Object.keys(rows[0]?.calls).filter((call) => call.startsWith('step '));
    assert.deepEqual(ran.toSorted(), ['step deploy.erase_devices_metadata#2', 'step raid.delete_configuration#1']);
  });

  it('adopts a machine as it is', async () => {
    const uuid = await nodeIn('manageable');
    await stack.request('PUT', `/v1/nodes/${uuid}/states/power`, { body: { target: 'power on' } });
    await stack.awaitState(uuid, 'manageable');
    assert.equal((await stack.provision(uuid, { target: 'adopt' })).status, 202);
    const node = await stack.awaitState(uuid, 'active');
    assert.equal(node.power_state, 'power on');
  });

  it('services, holds, goes on, and gives a failed service up', async () => {
    const uuid = await nodeIn('active');
    assert.match(faultOf(await stack.provision(uuid, { target: 'service' })), /"service_steps" is required/);
    const hold = { interface: 'deploy', step: 'hold' };
    const service_steps = [hold, { interface: 'firmware', step: 'update', args: { settings: [] } }];
    assert.equal((await stack.provision(uuid, { target: 'service', service_steps })).status, 202);
    await stack.awaitState(uuid, 'service hold');
    assert.equal((await stack.provision(uuid, { target: 'unhold' })).status, 202);
    await stack.awaitState(uuid, 'active');
    await stack.provision(uuid, { target: 'service', service_steps: [hold] });
    await stack.awaitState(uuid, 'service hold');
    assert.equal((await stack.provision(uuid, { target: 'abort' })).status, 202);
    await stack.awaitState(uuid, 'service failed');
    await stack.request('PUT', `/v1/nodes/${uuid}/maintenance`, { body: {} });
    assert.equal((await stack.provision(uuid, { target: 'abort' })).status, 409);
    await stack.request('DELETE', `/v1/nodes/${uuid}/maintenance`);
    assert.equal((await stack.provision(uuid, { target: 'abort' })).status, 202);
    const node = await stack.awaitState(uuid, 'active');
    assert.equal(node.power_state, 'power on');
  });

  it('runs steps on a node’s children, and refuses those that it can’t', async () => {
    const uuid = await nodeIn('active');
    const child = await stack.addNode({ parent_node: uuid });
    const stranger = await stack.addNode();
    const step = { interface: 'power', step: 'power_on', execute_on_child_nodes: true };
    const service = (more: object) =>
      stack.provision(uuid, { target: 'service', service_steps: [{ ...step, ...more }] });
    for (const [more, status, words] of [
      [{ limit_child_node_execution: [stranger] }, 400, /is no child of node/],
      [{ limit_child_node_execution: ['0f1e2d3c-0000-0000-0000-00000000dead'] }, 404, /could not be found/],
      [{ limit_child_node_execution: ['rack-1'] }, 400, /limit_child_node_execution\/0/],
      [{ execute_on_child_nodes: 'yes' }, 400, /execute_on_child_nodes/],
      [{ step: 'wait', args: { seconds: 1 } }, 400, /can not be executed on child nodes/],
    ] as const) {
      const refused = await service(more);
      assert.equal(refused.status, status, refused.text);
      assert.match(faultOf(refused), words);
    }
    await stack.request('PUT', `/v1/nodes/${child}/maintenance`, { body: { reason: 'fans' } });
    const refused = await service({});
    assert.equal(refused.status, 400);
    assert.match(faultOf(refused), /in maintenance mode \(fans\); nothing was done/);
    await stack.request('DELETE', `/v1/nodes/${child}/maintenance`);
    const answer = await service({ limit_child_node_execution: [child] });
    assert.equal(answer.status, 202, answer.text);
    await stack.awaitState(uuid, 'active');
    const states = await stack.request('GET', `/v1/nodes/${child}/states`);
    assert.deepEqual([states.body.power_state, states.body.provision_state], ['power on', 'enroll']);
  });

  it('rescues and brings back, and shows the password nowhere', async () => {
    const uuid = await nodeIn('active');
    const wrong = [
      [{}, /non-empty "rescue_password" is required/],
      [{ rescue_password: '' }, /non-empty "rescue_password" is required/],
      [{ rescue_password: '  ' }, /non-empty "rescue_password" is required/],
      [{ rescue_password: 'ü'.repeat(257) }, /at most 512 bytes/],
    ] as const;
    for (const [password, message] of wrong) {
      const refused = await stack.provision(uuid, { target: 'rescue', ...password });
      assert.equal(refused.status, 400, refused.text);
      assert.match(faultOf(refused), message);
    }
    const answer = await stack.provision(uuid, { target: 'rescue', rescue_password: 'hunter2-hunter2' });
    assert.equal(answer.status, 202, answer.text);
    const node = await stack.awaitState(uuid, 'rescue');
    assert.doesNotMatch(JSON.stringify(node), /hunter2/);
    const { rows } = await stack.database.pool.query(
      'select hash, taken_by from rescue_passwords where node_uuid = $1',
      [uuid],
    );
    assert.equal(rows.length, 1);
    assert.equal(rows[0]?.hash, null);
    assert.equal((await stack.provision(uuid, { target: 'unrescue' })).status, 202);
    await stack.awaitState(uuid, 'active');
  });

  it('keeps no password of a rescue that is refused', async () => {
    const uuid = await nodeIn('active');
    await slowDown(uuid);
    const power = await stack.request('PUT', `/v1/nodes/${uuid}/states/power`, { body: { target: 'power off' } });
    assert.equal(power.status, 202);
    const answer = await stack.provision(uuid, { target: 'rescue', rescue_password: 'hunter2-hunter2' });
    assert.equal(answer.status, 409, answer.text);
    const { rowCount } = await stack.database.pool.query('select from rescue_passwords where node_uuid = $1', [uuid]);
    assert.equal(rowCount, 0);
  });

  it('refuses to deploy by the agent without an image', async () => {
    const uuid = await stack.addNode({ driver: 'ipmi', driver_info: { ipmi_address: '127.0.0.1' } });
    await stack.database.pool.query(`update nodes set provision_state = 'available' where uuid = $1`, [uuid]);
    const answer = await stack.provision(uuid, { target: 'active' });
    assert.equal(answer.status, 400);
    assert.match(faultOf(answer), /image_source/);
  });

  it('refuses at once an image that no worker can read', async () => {
    const uuid = await stack.addNode({ driver: 'ipmi', driver_info: { ipmi_address: '127.0.0.1' } });
    for (const [source, told] of [
      ['ftp://images.example.com/debian.raw', 'ftp://…'],
      ['0b4bd4b8-8a5d-4ad6-9be5-2a4b8e4b3c11', 'no URL'],
    ]) {
      const info = { image_source: source, image_checksum: 'a'.repeat(64) };
      const row = [uuid, JSON.stringify(info)];
      const set = `update nodes set provision_state = 'available', instance_info = $2::jsonb where uuid = $1`;
      await stack.database.pool.query(set, row);
      const answer = await stack.provision(uuid, { target: 'active' });
      assert.equal(answer.status, 400, answer.text);
      const reason = `instance_info/image_source: expected an http, https or file URL, got ${told}`;
      assert.ok(faultOf(answer).includes(reason), faultOf(answer));
    }
  });
});

describe('API provisioning without a worker', () => {
  let stack: Stack;
  before(async () => (stack = await startStack({ ANNEAL_CLAIM_TIMEOUT_MS: '1500' })));
  after(() => stack?.close());

  it('takes the request when the worker is away for a moment: the run waits for it', async () => {
    const uuid = await stack.addNode();
    await stack.stopWorker();
    const answer = await stack.provision(uuid, { target: 'manage' });
    assert.equal(answer.status, 202, answer.text);
    const second = await stack.provision(uuid, { target: 'manage' });
    assert.equal(second.status, 409, second.text);
    const told = `Node ${uuid} is locked by host (not known yet), please retry after the current operation is completed.`;
    assert.equal(faultOf(second), `${told} (The operation manageNode begins; no worker has taken it yet.)`);
    await stack.database.pool.query(`update workers set seen_at = now() - interval '2 minutes'`);
  });
});

describe('API provisioning without Temporal', () => {
  let api: TestApi;
  const logged: string[] = [];
  before(async () => {
    const log = pino({}, { write: (line) => void logged.push(line) });
    api = await startTestApi({ env: { ANNEAL_CLAIM_TIMEOUT_MS: '1000' }, log });
  });
  after(() => api?.close());

  it('answers 503, changes nothing, and logs why without a secret of the request', async () => {
    const driver_info = { ipmi_password: 'hunter2-hunter2' };
    const { uuid } = (await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', driver_info } })).body;
    const { pool } = api.database;
    const active = `provision_state = 'active', interfaces = interfaces || '{"rescue": "fake"}'`;
    await pool.query(`update nodes set ${active} where uuid = $1`, [uuid]);
    const answer = await api.request('PUT', `/v1/nodes/${uuid}/states/provision`, {
      body: { target: 'rescue', rescue_password: 'hunter3-hunter3' },
      headers: { 'X-Auth-Token': 'hunter4-hunter4' },
    });
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.headers.get('Retry-After'), '2');
    assert.equal((await api.request('GET', `/v1/nodes/${uuid}`)).body.provision_state, 'active');
    assert.equal((await pool.query('select from rescue_passwords')).rowCount, 0);
    assert.match(logged.at(-1) ?? '', /request failed/);
    assert.doesNotMatch(logged.join(''), /hunter/);
  });

  it('is not ready, and says so', async () => {
    const ready = await api.request('GET', '/readyz');
    assert.equal(ready.status, 503);
    assert.deepEqual(ready.body, { postgresql: 'ok', temporal: 'does not answer' });
  });
});
