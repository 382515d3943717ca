import assert from 'node:assert/strict';
import { pino } from 'pino';
import { readFakeDevice } from '../../../../db/fake-devices.ts';
import { createDrivers } from '../../../../drivers/hardware-types.ts';
import type { Drivers } from '../../../../drivers/hardware-types.ts';
import type { ErasedDisk, HardwareType } from '../../../../drivers/interfaces.ts';
import type { Step } from '../../../../domain/steps.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import type { TestDatabase } from '../../../support/postgres.ts';
import { aPort, calling, insertTestNode } from '../a-node.ts';

const ERASE: Step = { interface: 'deploy', step: 'erase_devices', priority: 10 };

describe('fake-hardware', () => {
  let database: TestDatabase;
  let drivers: Drivers;
  let fake: HardwareType;
  before(async () => {
    database = await createTestDatabase();
    drivers = createDrivers({ db: database.pool, log: pino({ level: 'silent' }) });
    fake = drivers.hardwareType('fake-hardware');
  });
  after(() => database.close());

  const callsOf = async (uuid: string) => (await readFakeDevice(database.pool, uuid)).calls;

  it('is off until it is powered on, and counts a repeated order apart', async () => {
    const context = calling(await insertTestNode(database.pool));
    assert.equal(await fake.power.getPowerState(context), 'power off');
    await fake.power.setPowerState(context, 'power on');
    await fake.power.setPowerState(context, 'power on');
    assert.equal(await fake.power.getPowerState(context), 'power on');
    assert.deepEqual(await callsOf(context.node.uuid), { 'power on': 1, 'power on again': 1 });
  });

  it('uses up a one-time boot device and the clear CMOS flag when it is powered on', async () => {
    const context = calling(await insertTestNode(database.pool));
    const once = { device: 'pxe', persistent: false, uefi: true, clearCmos: true } as const;
    await fake.management.setBootSelection(context, once);
    assert.deepEqual(await fake.management.getBootSelection(context), once);
    await fake.power.setPowerState(context, 'power on');
    const after = await fake.management.getBootSelection(context);
    assert.deepEqual(after, { device: null, persistent: false, uefi: true, clearCmos: false });
    assert.equal((await readFakeDevice(database.pool, context.node.uuid)).bootedFrom, 'pxe');
    assert.deepEqual(await callsOf(context.node.uuid), { 'boot device': 1, 'power on': 1, 'bios reset': 1 });
  });

  it('boots at a restart as at a power-on, and stays on', async () => {
    const context = calling(await insertTestNode(database.pool));
    await fake.power.setPowerState(context, 'power on');
    await fake.management.setBootSelection(context, { device: 'pxe', persistent: false, uefi: true, clearCmos: true });
    await fake.power.restart(context);
    assert.equal(await fake.power.getPowerState(context), 'power on');
    const after = await fake.management.getBootSelection(context);
    assert.deepEqual(after, { device: null, persistent: false, uefi: true, clearCmos: false });
    const { bootedFrom, calls } = await readFakeDevice(database.pool, context.node.uuid);
    assert.equal(bootedFrom, 'pxe');
    assert.deepEqual(calls, { 'power on': 1, 'boot device': 1, restart: 1, 'bios reset': 1 });
  });

  it('keeps a persistent boot device', async () => {
    const context = calling(await insertTestNode(database.pool));
    const always = { device: 'disk', persistent: true, uefi: false, clearCmos: false } as const;
    await fake.management.setBootSelection(context, always);
    await fake.management.setBootSelection(context, always);
    await fake.power.setPowerState(context, 'power on');
    assert.deepEqual(await fake.management.getBootSelection(context), always);
    assert.deepEqual(await callsOf(context.node.uuid), { 'boot device': 1, 'boot device again': 1, 'power on': 1 });
  });

  it('obeys the power button unless it is told to ignore it', async () => {
    const obedient = calling(await insertTestNode(database.pool));
    const stubborn = calling(await insertTestNode(database.pool, { driverInfo: { fake_ignores_soft_off: true } }));
    for (const context of [obedient, stubborn]) {
      await fake.power.setPowerState(context, 'power on');
      await fake.power.requestSoftOff(context);
    }
    assert.equal(await fake.power.getPowerState(obedient), 'power off');
    assert.equal(await fake.power.getPowerState(stubborn), 'power on');
  });

  it('fails as often as the dial says, before the effect', async () => {
    const fake_faults = { 'power.setPowerState': { code: 'BmcBusy', times: 2 } };
    const context = calling(await insertTestNode(database.pool, { name: 'rack1', driverInfo: { fake_faults } }));
    for (const fired of ['1 of 2', '2 of 2']) {
      await assert.rejects(fake.power.setPowerState(context, 'power on'), {
        code: 'BmcBusy',
        message: `The fake device of node rack1 failed power.setPowerState on purpose, before the effect (${fired}; driver_info/fake_faults).`,
      });
    }
    assert.deepEqual(await callsOf(context.node.uuid), {});
    await fake.power.setPowerState(context, 'power on');
    assert.deepEqual(await callsOf(context.node.uuid), { 'power on': 1 });
  });

  it('fails after the effect when the dial says so', async () => {
    const fake_faults = { 'power.setPowerState': { code: 'BmcUnreachable', when: 'after' } };
    const context = calling(await insertTestNode(database.pool, { driverInfo: { fake_faults } }));
    await assert.rejects(fake.power.setPowerState(context, 'power on'), { code: 'BmcUnreachable' });
    assert.equal(await fake.power.getPowerState(context), 'power on');
  });

  it('names a dial that cannot be read', async () => {
    const unreadable = [
      [{ fake_power_delay_s: 'soon' }, /fake_power_delay_s of node .* expected seconds/],
      [{ fake_power_delay_s: '3,1' }, /fake_power_delay_s .* smaller number first/],
      [{ fake_faults: { 'power.setPowerState': { code: 'Nope' } } }, /fake_faults\["power.setPowerState"\].*code/s],
      [{ fake_disks: 'two' }, /fake_disks/],
    ] as const;
    for (const [driverInfo, message] of unreadable) {
      const node = await insertTestNode(database.pool, { driverInfo });
      assert.match((await fake.validate(node, []))['power'] ?? '', message);
    }
    assert.deepEqual(await fake.validate(await insertTestNode(database.pool), []), {});
  });

  it('takes as long as the dial says and stops when it is aborted', async () => {
    const node = await insertTestNode(database.pool, { driverInfo: { fake_power_delay_s: '60,61' } });
    const signal = AbortSignal.timeout(50);
    await assert.rejects(fake.power.setPowerState({ node, signal }, 'power on'), { name: 'AbortError' });
    assert.deepEqual(await callsOf(node.uuid), {});
  });

  it('erases its disks and reports one record for each', async () => {
    const context = calling(await insertTestNode(database.pool));
    const { erased } = (await fake.steps.run(context, ERASE)) as { erased: ErasedDisk[] };
    assert.deepEqual(
      erased.map((disk) => [disk.device, disk.result, disk.sizeBytes]),
      [
        ['/dev/vda', 'accepted', 10 * 2 ** 30],
        ['/dev/vdb', 'accepted', 10 * 2 ** 30],
      ],
    );
    const { disks } = await readFakeDevice(database.pool, context.node.uuid);
    assert.deepEqual(Object.values(disks), ['clean', 'clean']);
  });

  it('makes the root disk dirty by a deployment', async () => {
    const context = calling(await insertTestNode(database.pool));
    await fake.steps.run(context, ERASE);
    await fake.steps.run(context, { interface: 'deploy', step: 'deploy', priority: 100 });
    const { disks } = await readFakeDevice(database.pool, context.node.uuid);
    assert.deepEqual(Object.values(disks).toSorted(), ['clean', 'dirty']);
  });

  it('says which disk keeps its data, and leaves out one that is gone', async () => {
    const fake_disks = ['S1', 'S2', 'S3'].map((serial) => ({ name: `/dev/${serial}`, serial }));
    const driverInfo = { fake_disks, fake_dirty_disks: ['S1'], fake_missing_disks: ['S3'] };
    const context = calling(await insertTestNode(database.pool, { driverInfo }));
    const { erased } = (await fake.steps.run(context, ERASE)) as { erased: ErasedDisk[] };
    assert.deepEqual(
      erased.map((disk) => [disk.serial, disk.result, disk.reason]),
      [
        ['S1', 'failed', '3 of 16 samples still hold data'],
        ['S2', 'accepted', null],
      ],
    );
  });

  it('goes on with a step that a killed worker began, and counts it once', async () => {
    const node = await insertTestNode(database.pool, { driverInfo: { fake_clean_delay_s: 1 } });
    const startedAt = Date.now();
    await assert.rejects(fake.steps.run({ node, signal: AbortSignal.timeout(400) }, ERASE), { name: 'AbortError' });
    await fake.steps.run(calling(node), ERASE);
    await fake.steps.run(calling(node), ERASE);
    const elapsedMs = Date.now() - startedAt;
    assert.ok(elapsedMs >= 950, `the step took its second (${elapsedMs} ms)`);
    assert.deepEqual(await callsOf(node.uuid), { 'step deploy.erase_devices': 1 });
  });

  it('runs a step anew in the next operation', async () => {
    const node = await insertTestNode(database.pool);
    for (let round = 0; round < 2; round += 1) {
      await database.pool.query('update nodes set operation_run = gen_random_uuid() where uuid = $1', [node.uuid]);
      await fake.steps.run(calling(node), ERASE);
    }
    assert.deepEqual(await callsOf(node.uuid), { 'step deploy.erase_devices': 2 });
  });

  it('runs a step twice when the list names it twice', async () => {
    const node = await insertTestNode(database.pool);
    for (const index of [0, 1]) {
      await fake.steps.run(calling({ ...node, cleanStep: { ...ERASE, index, total: 2 } }), ERASE);
    }
    const calls = await callsOf(node.uuid);
    assert.deepEqual(calls, { 'step deploy.erase_devices': 1, 'step deploy.erase_devices#1': 1 });
  });

  it('names the steps that it has when asked for another', async () => {
    const context = calling(await insertTestNode(database.pool, { name: 'rack2' }));
    await assert.rejects(fake.steps.run(context, { interface: 'raid', step: 'polish', priority: 0 }), {
      code: 'StepNotFound',
      message: /Node rack2: fake-hardware has no step raid.polish; it has deploy.erase_devices, /,
    });
  });

  it('counts an NMI', async () => {
    const context = calling(await insertTestNode(database.pool));
    await fake.management.injectNmi(context);
    assert.deepEqual(await callsOf(context.node.uuid), { nmi: 1 });
  });

  it('reports an inventory with its ports and the disks that are there', async () => {
    const node = await insertTestNode(database.pool);
    await database.pool.query('insert into ports (uuid, node_uuid, address) values (gen_random_uuid(), $1, $2)', [
      node.uuid,
      '52:54:00:aa:bb:cc',
    ]);
    const found = await fake.inspect?.(calling(node));
    assert.ok(found);
    assert.deepEqual(
      (found.inventory['interfaces'] as { mac_address: string }[]).map((nic) => nic.mac_address),
      ['52:54:00:aa:bb:cc'],
    );
    assert.equal((found.inventory['disks'] as unknown[]).length, 2);
  });

  it('keeps VLANs of its own for nodes on no switch, and changes only what differs', async () => {
    const node = await insertTestNode(database.pool, { network: 'fake' });
    const network = drivers.network(node);
    for (const vlan of [100, 100, 200]) {
      assert.deepEqual(await network.ensurePortVlan(calling(node), aPort(node), vlan), { vlan });
    }
    assert.deepEqual(await callsOf(node.uuid), { vlan: 2 });
  });
});
