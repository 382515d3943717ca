import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';
import { untilBlocked } from '../support/postgres.ts';

describe('API nodes', () => {
  let api: TestApi;
  before(async () => (api = await startTestApi()));
  after(() => api.close());

  async function create(fields: Record<string, unknown> = {}) {
    const answer = await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', ...fields } });
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  it('creates a node in enroll with the defaults of its driver', async () => {
    const answer = await api.request('POST', '/v1/nodes', {
      body: { driver: 'fake-hardware', name: 'first', properties: { cpus: 4 } },
    });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get('Location'), `${api.url}/v1/nodes/${answer.body.uuid}`);
    assert.equal(answer.body.provision_state, 'enroll');
    assert.equal(answer.body.power_interface, 'fake');
    assert.equal(answer.body.rescue_interface, 'no-rescue');
    assert.equal(answer.body.network_interface, 'noop');
    assert.deepEqual(answer.body.properties, { cpus: 4 });
    assert.deepEqual(answer.body.traits, []);
    assert.deepEqual(answer.body.clean_step, {});
    assert.equal(answer.body.maintenance, false);
    assert.equal(answer.body.conductor, 'worker-1');
    assert.match(answer.body.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/);
  });

  it('takes what is known of the machine when it is enrolled', async () => {
    const { boot_mode, secure_boot, console_enabled } = await create({
      boot_mode: 'uefi',
      secure_boot: 'true',
      console_enabled: true,
    });
    assert.deepEqual([boot_mode, secure_boot, console_enabled], ['uefi', true, true]);
  });

  it('masks secrets, keeps them, and takes masks back as what was there', async () => {
    const { uuid } = await create({ driver_info: { ipmi_password: 'hush', ipmi_address: '192.0.2.1' } });
    const shown = await api.request('GET', `/v1/nodes/${uuid}`);
    assert.deepEqual(shown.body.driver_info, { ipmi_password: '******', ipmi_address: '192.0.2.1' });
    const patch = [{ op: 'replace', path: '/driver_info', value: { ...shown.body.driver_info, ipmi_port: 624 } }];
    assert.equal((await api.request('PATCH', `/v1/nodes/${uuid}`, { body: patch })).status, 200);
    const { rows } = await api.database.pool.query('select driver_info from nodes where uuid = $1', [uuid]);
    assert.deepEqual(rows[0]?.driver_info, { ipmi_password: 'hush', ipmi_address: '192.0.2.1', ipmi_port: 624 });
  });

  const BAD: [string, Record<string, unknown> | string, number, RegExp][] = [
    ['without a driver', { name: 'x1' }, 400, /'driver' is a required property/],
    ['with an unknown field', { driver: 'fake-hardware', bogus: 1 }, 400, /'bogus' was unexpected/],
    ['with a field of the wrong type', { driver: 'fake-hardware', name: 5 }, 400, /name: .*expected string/i],
    ['with a bad name', { driver: 'fake-hardware', name: 'a b/c' }, 400, /invalid name "a b\/c"/],
    ['with a reserved name', { driver: 'fake-hardware', name: 'detail' }, 400, /reserved/],
    ['with a bad uuid', { driver: 'fake-hardware', uuid: 'zz' }, 400, /Expected UUID/],
    ['with an unknown driver', { driver: 'nope' }, 400, /supports driver nope/],
    ['for a site without workers', { driver: 'fake-hardware', conductor_group: 'x' }, 400, /group "x"/],
    ['with an unknown interface', { driver: 'fake-hardware', power_interface: 'zz' }, 400, /power interface zz/],
    ['that is no JSON', 'not json', 400, /not JSON/],
    ['that is a list', '[]', 400, /expected object/],
  ];
  for (const [what, body, status, message] of BAD) {
    it(`refuses a body ${what}`, async () => {
      const answer = await api.request('POST', '/v1/nodes', { body });
      assert.equal(answer.status, status);
      assert.match(faultOf(answer), message);
    });
  }

  it('refuses a body that is too big or too deep', async () => {
    const big = await api.request('POST', '/v1/nodes', { body: { driver: 'x', extra: { a: 'x'.repeat(1_100_000) } } });
    assert.equal(big.status, 413);
    const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
    const answer = await api.request('POST', '/v1/nodes', { body: `{"driver":"fake-hardware","extra":${deep}}` });
    assert.equal(answer.status, 400);
    assert.match(faultOf(answer), /deeper than 25/);
  });

  it('refuses a second node of the same name or uuid', async () => {
    const { uuid } = await create({ name: 'twin' });
    const name = await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', name: 'twin' } });
    assert.equal(name.status, 409);
    assert.match(faultOf(name), /name twin already exists/);
    const same = await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', uuid } });
    assert.equal(same.status, 409);
  });

  it('shows a node by name since 1.5 only, and 404 for others', async () => {
    await create({ name: 'by-name' });
    assert.equal((await api.request('GET', '/v1/nodes/by-name')).body.name, 'by-name');
    assert.equal((await api.request('GET', '/v1/nodes/by-name', { version: '1.4' })).status, 404);
    const missing = await api.request('GET', '/v1/nodes/none');
    assert.equal(missing.status, 404);
    assert.equal(faultOf(missing), 'Node none could not be found.');
  });

  it('shows each field from its version on', async () => {
    const { uuid } = await create({ resource_class: 'metal' });
    const old = await api.request('GET', `/v1/nodes/${uuid}`, { version: '1.20' });
    assert.equal('resource_class' in old.body, false);
    assert.equal('network_interface' in old.body, true);
    const newer = await api.request('GET', `/v1/nodes/${uuid}`, { version: '1.21' });
    assert.equal(newer.body.resource_class, 'metal');
    const refused = await api.request('POST', '/v1/nodes', {
      version: '1.20',
      body: { driver: 'fake-hardware', resource_class: 'metal' },
    });
    assert.equal(refused.status, 406);
  });

  it('shows available as null before 1.2', async () => {
    const { uuid } = await create();
    await api.database.pool.query(`update nodes set provision_state = 'available' where uuid = $1`, [uuid]);
    assert.equal((await api.request('GET', `/v1/nodes/${uuid}`, { version: '1.1' })).body.provision_state, null);
    assert.equal((await api.request('GET', `/v1/nodes/${uuid}`)).body.provision_state, 'available');
  });

  it('patches, adds, replaces and removes', async () => {
    const { uuid } = await create({ name: 'patched', extra: { 'a/b': 1 } });
    const answer = await api.request('PATCH', '/v1/nodes/patched', {
      body: [
        { op: 'add', path: '/properties/capabilities', value: 'boot_mode:uefi' },
        { op: 'replace', path: '/resource_class', value: 'big' },
        { op: 'replace', path: '/name', value: 'renamed' },
        { op: 'replace', path: '/extra/a~1b', value: 2 },
      ],
    });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.name, 'renamed');
    assert.equal(answer.body.properties.capabilities, 'boot_mode:uefi');
    assert.deepEqual(answer.body.extra, { 'a/b': 2 });
    assert.notEqual(answer.body.updated_at, null);
    const removed = await api.request('PATCH', `/v1/nodes/${uuid}`, {
      body: [
        { op: 'remove', path: '/name' },
        { op: 'remove', path: '/properties/capabilities' },
      ],
    });
    assert.equal(removed.body.name, null);
    assert.deepEqual(removed.body.properties, {});
  });

  const BAD_PATCHES: [string, unknown, RegExp][] = [
    [
      'of a field that is not a client’s',
      [{ op: 'replace', path: '/provision_state', value: 'active' }],
      /Cannot patch/,
    ],
    ['that removes what is not there', [{ op: 'remove', path: '/extra/zzz' }], /Couldn't apply patch/],
    ['that removes the driver', [{ op: 'remove', path: '/driver' }], /'driver' is a required property/],
    ['with another operation', [{ op: 'test', path: '/name', value: 'x' }], /is not one of \['add'/],
    ['with a bad path', [{ op: 'add', path: 'name', value: 'x' }], /is not a path/],
    ['that is no list', {}, /expected array/],
    ['without a value', [{ op: 'add', path: '/name' }], /needs a value/],
  ];
  for (const [what, body, message] of BAD_PATCHES) {
    it(`refuses a patch ${what}`, async () => {
      const { uuid } = await create();
      const answer = await api.request('PATCH', `/v1/nodes/${uuid}`, { body });
      assert.equal(answer.status, 400, answer.text);
      assert.match(faultOf(answer), message);
    });
  }

  it('refuses to patch or delete a node that an operation holds', async () => {
    const { uuid } = await create();
    await api.database.pool.query(
      `update nodes set reservation = 'worker-9', provision_state = 'cleaning' where uuid = $1`,
      [uuid],
    );
    const patch = await api.request('PATCH', `/v1/nodes/${uuid}`, { body: [{ op: 'add', path: '/name', value: 'z' }] });
    assert.equal(patch.status, 409);
    assert.match(faultOf(patch), /locked by host worker-9/);
    assert.equal((await api.request('DELETE', `/v1/nodes/${uuid}`)).status, 409);
  });

  it('keeps a node on its way to a target as it was checked, but for where Ironic lets it change', async () => {
    const { uuid } = await create();
    const change = (...body: object[]) => api.request('PATCH', `/v1/nodes/${uuid}`, { body });
    const extra = { op: 'add', path: '/extra/rack', value: 7 };
    for (const [state, status] of [
      ['clean wait', 409],
      ['wait call-back', 409],
      ['deploy hold', 409],
      ['deploy failed', 200],
      ['inspect wait', 200],
      ['service hold', 200],
    ] as const) {
      await api.database.pool.query(
        `update nodes set provision_state = $2, target_provision_state = 'active' where uuid = $1`,
        [uuid, state],
      );
      const answer = await change(extra);
      assert.equal(answer.status, status, `${state}: ${answer.text}`);
      if (status === 409) assert.match(faultOf(answer), /can not be updated while a state transition is in progress/);
    }
    await api.database.pool.query(
      `update nodes set provision_state = 'clean wait', maintenance = true where uuid = $1`,
      [uuid],
    );
    assert.equal((await change(extra)).status, 409);
    assert.equal((await change({ op: 'remove', path: '/instance_uuid' })).status, 200);
  });

  it('changes the driver only with interfaces that fit', async () => {
    const { uuid } = await create();
    const change = [{ op: 'replace', path: '/driver', value: 'ipmi' }];
    const refused = await api.request('PATCH', `/v1/nodes/${uuid}`, { body: change });
    assert.equal(refused.status, 400);
    const reset = await api.request('PATCH', `/v1/nodes/${uuid}?reset_interfaces=True`, { body: change });
    assert.equal(reset.status, 200, reset.text);
    assert.equal(reset.body.power_interface, 'ipmitool');
  });

  it('deletes where Ironic does', async () => {
    const { uuid } = await create();
    await api.database.pool.query(`update nodes set provision_state = 'active' where uuid = $1`, [uuid]);
    const refused = await api.request('DELETE', `/v1/nodes/${uuid}`);
    assert.equal(refused.status, 409);
    assert.match(faultOf(refused), /while it is in provision state "active"/);
    await api.database.pool.query(`update nodes set provision_state = 'available' where uuid = $1`, [uuid]);
    assert.equal((await api.request('DELETE', `/v1/nodes/${uuid}`)).status, 204);
    assert.equal((await api.request('DELETE', `/v1/nodes/${uuid}`)).status, 404);
  });

  it('leaves a node to the instance that takes it while it is being deleted', async () => {
    const { uuid } = await create();
    const { pool } = api.database;
    await pool.query(`update nodes set provision_state = 'available' where uuid = $1`, [uuid]);
    const holder = await pool.connect();
    try {
      await holder.query('begin');
      await holder.query('update nodes set instance_uuid = gen_random_uuid() where uuid = $1', [uuid]);
      const deletion = api.request('DELETE', `/v1/nodes/${uuid}`);
      await untilBlocked(pool, 1);
      await holder.query('commit');
      assert.match(faultOf(await deletion), /is associated with instance/);
    } finally {
      holder.release();
    }
    assert.equal((await api.request('GET', `/v1/nodes/${uuid}`)).status, 200);
  });

  it('answers 503 in Ironic’s form when no worker lives', async () => {
    await api.database.pool.query(`update workers set seen_at = now() - interval '2 minutes'`);
    // What workers said within the last second holds.
    await sleep(1100);
    const answer = await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware' } });
    await api.database.pool.query('update workers set seen_at = now()');
    assert.equal(answer.status, 503);
    assert.match(faultOf(answer), /No worker is running/);
  });
});
