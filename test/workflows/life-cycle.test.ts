import assert from 'node:assert/strict';
import { readFakeDevice } from '../../db/fake-devices.ts';
import { listErasures } from '../../db/erasures.ts';
import { createSite, type Site } from './support/site.ts';

describe('life cycle of fake hardware', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = await createSite();
  });
  after(() => site.close());

  it('goes from enroll to active and back to available', async () => {
    const { uuid } = await site.addNode();

    await site.run('manage', uuid);
    assert.equal((await site.node(uuid)).provisionState, 'manageable');

    await site.run('provide', uuid);
    const provided = await site.node(uuid);
    assert.deepEqual(
      [provided.provisionState, provided.powerState, provided.lastError, provided.reservation],
      ['available', 'power off', null, null],
    );
    const records = await listErasures(site.tools.db, { nodeUuid: uuid });
    assert.deepEqual(records.map(({ subject, result }) => `${subject} ${result}`).toSorted(), [
      'bios accepted',
      'disk accepted',
      'disk accepted',
    ]);

    await site.run('deploy', uuid);
    const deployed = await site.node(uuid);
    assert.deepEqual([deployed.provisionState, deployed.powerState], ['active', 'power on']);
    assert.equal((await readFakeDevice(site.tools.db, uuid)).bootedFrom, 'disk');
    assert.deepEqual(deployed.driverInternalInfo['boot_device'], { boot_device: 'disk', persistent: true });

    await site.run('delete', uuid);
    const released = await site.node(uuid);
    assert.deepEqual([released.provisionState, released.powerState], ['available', 'power off']);
    // The cleaning booted from the network once.
    assert.deepEqual(released.driverInternalInfo['boot_device'], { boot_device: null, persistent: null });
  });

  it('refuses a verb that is not legal in the present state', async () => {
    const { uuid } = await site.addNode();
    const refusal = await site.start('deploy', uuid).catch((error: unknown) => error);
    assert.ok(refusal instanceof Error && refusal.cause instanceof Error);
    assert.equal((refusal.cause as { type?: string }).type, 'InvalidStateRequested');
    assert.match(refusal.cause.message, /"deploy" can not be performed .* in state "enroll"/);
    assert.equal((await site.node(uuid)).provisionState, 'enroll');
  });
});
