import assert from 'node:assert/strict';
import { readFakeDevice } from '../../db/fake-devices.ts';
import { createSite, type Site } from './support/site.ts';
import { until } from '../support/until.ts';

describe('how operations end badly', function () {
  this.timeout(120_000);
  let site: Site;
  let recovery: Promise<void>;
  before(async () => {
    site = await createSite();
    // Waits until the lost operation's calls have run out: the other tests run meanwhile.
    recovery = recover();
    recovery.catch(() => {});
  });
  after(() => site.close());

  it('aborts in the middle of a step: clean failed, powered off', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable', driverInfo: { fake_clean_delay_s: 60 } });
    const { handle } = await site.start('provide', uuid);
    await untilStep(uuid);
    await handle.cancel();
    await assert.rejects(handle.result());
    const node = await site.node(uuid);
    assert.deepEqual([node.provisionState, node.powerState, node.reservation], ['clean failed', 'power off', null]);
    assert.match(
      node.lastError ?? '',
      /^The operation was aborted on request in state "cleaning" \(step 1 of 1: deploy\.erase_devices\)/,
    );
  });

  it('takes a retired node out of the pool once it is clean', async () => {
    const { uuid } = await site.addNode({ provisionState: 'active', retired: true });
    await site.run('delete', uuid);
    const { provisionState, targetProvisionState, lastError } = await site.node(uuid);
    assert.deepEqual([provisionState, targetProvisionState, lastError], ['manageable', null, null]);
  });

  it('heals what may heal', async () => {
    const faults = { 'power.setPowerState': { times: 2, code: 'BmcUnreachable', when: 'before' } };
    const { uuid } = await site.addNode({ provisionState: 'available', driverInfo: { fake_faults: faults } });
    await site.run('deploy', uuid);
    assert.equal((await site.node(uuid)).provisionState, 'active');
  });

  it('stops at once at what will not heal, and says why', async () => {
    const faults = { 'power.getPowerState': { times: 1, code: 'BmcAuthFailed', when: 'before' } };
    const { uuid } = await site.addNode({ driverInfo: { fake_faults: faults } });
    await assert.rejects(site.run('manage', uuid));
    const node = await site.node(uuid);
    assert.equal(node.provisionState, 'enroll');
    assert.match(node.lastError ?? '', /on purpose/);
    await site.run('manage', uuid);
    assert.equal((await site.node(uuid)).provisionState, 'manageable');
  });

  it('does not make a node available whose disk keeps data', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable' });
    await site.run('inspect', uuid);
    const disks = await readDisks(uuid);
    await setDriverInfo(uuid, { fake_dirty_disks: [disks[0]] });
    await assert.rejects(site.run('provide', uuid));
    const node = await site.node(uuid);
    assert.deepEqual([node.provisionState, node.powerState], ['clean failed', 'power off']);
    assert.match(node.lastError ?? '', /not proved empty: .*samples still hold data/);
  });

  it('does not make a node available that lost a disk since its inspection', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable' });
    await site.run('inspect', uuid);
    const [, gone] = await readDisks(uuid);
    await setDriverInfo(uuid, { fake_missing_disks: [gone] });
    await assert.rejects(site.run('provide', uuid));
    const node = await site.node(uuid);
    assert.equal(node.provisionState, 'clean failed');
    assert.match(node.lastError ?? '', new RegExp(`no accepted record of this cleaning covers disk .*${gone}`));
  });

  it('keeps a node with inspected disks from being available when cleaning is waived and nothing was proved', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable', automatedClean: false });
    await site.run('inspect', uuid);
    await assert.rejects(site.run('provide', uuid));
    assert.equal((await site.node(uuid)).provisionState, 'clean failed');
  });

  it('names what could not be undone, in maintenance, until a cleaning proves that nothing is left', async () => {
    const faults = { 'power.setPowerState': { times: 100, code: 'BmcRefused', when: 'before' } };
    const { uuid } = await site.addNode({ provisionState: 'active', driverInfo: {} });
    await site.run('power', uuid, { power: { target: 'power on', timeoutS: null } });
    await setDriverInfo(uuid, { fake_faults: faults });
    await assert.rejects(site.run('delete', uuid));
    const node = await site.node(uuid);
    assert.deepEqual([node.provisionState, node.maintenance, node.fault], ['error', true, 'undo failure']);
    assert.match(node.lastError ?? '', / Could not put the machine away: The fake device /);

    await setDriverInfo(uuid, {});
    await site.run('delete', uuid);
    const mended = await site.node(uuid);
    assert.deepEqual([mended.provisionState, mended.powerState], ['available', 'power off']);
    assert.deepEqual([mended.maintenance, mended.maintenanceReason, mended.fault], [false, null, null]);
  });

  it('says that only the ports could not be put back, and the cause of both failures once', async () => {
    const { uuid, name } = await site.addNode({ provisionState: 'available' });
    await site.tools.db.query(
      `update nodes set interfaces = interfaces || '{"network": "fake"}' where uuid = $1::uuid`,
      [uuid],
    );
    await assert.rejects(site.run('deploy', uuid));
    const { lastError, maintenanceReason } = await site.node(uuid);
    const cause = `Node ${name}: there is no network of the purpose "parked" for its ports; create it with POST /anneal/v1/networks.`;
    const undo = 'Could not put the machine away: The machine is off, but its ports are not parked:';
    assert.equal(lastError, `${cause} ${undo} the same came back.`);
    assert.equal(maintenanceReason, `${undo} ${cause}`);
  });

  it('recovers a node whose workflow was terminated', () => recovery);

  async function recover(): Promise<void> {
    const { uuid } = await site.addNode({ provisionState: 'manageable', driverInfo: { fake_clean_delay_s: 60 } });
    const { handle } = await site.start('provide', uuid);
    await untilStep(uuid);
    await handle.terminate('by a clumsy hand');
    assert.equal((await site.node(uuid)).provisionState, 'cleaning');
    await site.run('abort', uuid);
    const node = await site.node(uuid);
    assert.deepEqual([node.provisionState, node.powerState, node.reservation], ['clean failed', 'power off', null]);
    assert.match(node.lastError ?? '', /ended from outside/);
  }

  async function untilStep(uuid: string): Promise<void> {
    const step = 'step deploy.erase_devices#1';
    await until(step, async () => (await readFakeDevice(site.tools.db, uuid)).calls[step]);
  }

  async function readDisks(uuid: string): Promise<string[]> {
    const { rows } = await site.tools.db.query<{ serial: string }>(
      `select disk ->> 'serial' as serial from node_inventory, jsonb_array_elements(inventory -> 'disks') disk
        where node_uuid = $1::uuid`,
      [uuid],
    );
    return rows.map(({ serial }) => serial);
  }

  async function setDriverInfo(uuid: string, driverInfo: object): Promise<void> {
    await site.tools.db.query('update nodes set driver_info = $2::jsonb where uuid = $1::uuid', [
      uuid,
      JSON.stringify(driverInfo),
    ]);
  }
});
