import assert from 'node:assert/strict';
import { readFakeDevice, setFakePower } from '../../db/fake-devices.ts';
import { createSite, type Site } from './support/site.ts';

describe('a machine whose power must stay on (disable_power_off)', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = await createSite();
  });
  after(() => site.close());

  async function add(provisionState: 'manageable' | 'active'): Promise<string> {
    const { uuid } = await site.addNode({ provisionState, disablePowerOff: true });
    await setFakePower(site.tools.db, { nodeUuid: uuid, target: 'power on' });
    return uuid;
  }

  it('goes through its whole life without being powered off', async () => {
    const uuid = await add('manageable');
    await site.run('inspect', uuid);
    await site.run('provide', uuid);
    await site.run('deploy', uuid);
    assert.equal((await readFakeDevice(site.tools.db, uuid)).bootedFrom, 'disk');
    await site.run('rescue', uuid);
    await site.run('unrescue', uuid);
    await site.run('delete', uuid);
    assert.equal((await site.node(uuid)).provisionState, 'available');
    const { powerState, calls } = await readFakeDevice(site.tools.db, uuid);
    assert.deepEqual([powerState, calls['power off']], ['power on', undefined]);
    assert.ok((calls['restart'] ?? 0) >= 5, JSON.stringify(calls));
  });

  it('is restarted once by a reboot', async () => {
    const uuid = await add('active');
    await site.run('power', uuid, { power: { target: 'rebooting', timeoutS: null } });
    assert.deepEqual((await readFakeDevice(site.tools.db, uuid)).calls, { 'power on': 1, restart: 1 });
  });

  for (const target of ['power off', 'soft power off', 'soft rebooting'] as const) {
    it(`refuses "${target}", and says so`, async () => {
      const uuid = await add('active');
      await assert.rejects(site.run('power', uuid, { power: { target, timeoutS: 1 } }));
      assert.match((await site.node(uuid)).lastError ?? '', /has disable_power_off set/);
      assert.deepEqual((await readFakeDevice(site.tools.db, uuid)).calls, { 'power on': 1 });
    });
  }

  it('refuses the step power_off', async () => {
    const uuid = await add('manageable');
    const steps = [{ interface: 'power', step: 'power_off', priority: 0 } as const];
    await assert.rejects(site.run('clean', uuid, { steps, disableRamdisk: true }));
    assert.equal((await site.node(uuid)).provisionState, 'clean failed');
  });

  it('is not booted into the agent where that would move its ports under power', async () => {
    const uuid = await add('manageable');
    await site.tools.db.query(
      `update nodes set interfaces = interfaces || '{"network": "fake"}' where uuid = $1::uuid`,
      [uuid],
    );
    await assert.rejects(site.run('provide', uuid));
    assert.match((await site.node(uuid)).lastError ?? '', /would find itself on the agent's network/);
  });
});
