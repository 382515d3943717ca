import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { listErasures, listUnproved, recordErasure, type ErasureRecord } from '../../../db/erasures.ts';
import { addHistory } from '../../../db/history.ts';
import { saveInventory } from '../../../db/inventory.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { addMachine } from '../../support/world.ts';

describe('db/erasures', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  const run = randomUUID();
  const record = (nodeUuid: string, change: Partial<ErasureRecord> = {}): ErasureRecord => ({
    nodeUuid,
    run,
    subject: 'disk',
    device: '/dev/sda',
    serial: 'A',
    wwn: null,
    model: 'Disk',
    sizeBytes: 2 ** 40,
    method: 'shred',
    tool: 'test',
    verification: { samples: 3 },
    result: 'accepted',
    reason: null,
    startedAt: new Date().toISOString(),
    ...change,
  });
  const write = (wanted: ErasureRecord) => recordErasure(database.pool, wanted);
  const unproved = (nodeUuid: string, gate: { biosReset?: boolean; waived?: boolean; run?: string } = {}) =>
    listUnproved(database.pool, { nodeUuid, run, biosReset: false, waived: false, ...gate });
  const inspected = async (...disks: object[]): Promise<string> => {
    const { uuid } = await addMachine(database.pool, { provisionState: 'manageable' });
    await saveInventory(database.pool, { nodeUuid: uuid, inventory: { disks }, pluginData: {} });
    return uuid;
  };
  const A = { name: '/dev/sda', serial: 'A', wwn: null };
  const B = { name: '/dev/sdb', serial: 'B', wwn: 'wb' };

  it('keeps one record for each subject of a run, the newest', async () => {
    const uuid = await inspected(A);
    await write(record(uuid, { result: 'failed', reason: 'data' }));
    await write(record(uuid));
    const [kept, ...others] = await listErasures(database.pool, { nodeUuid: uuid, run });
    assert.equal(others.length, 0);
    assert.deepEqual([kept?.result, kept?.reason, kept?.sizeBytes], ['accepted', null, 2 ** 40]);
  });

  it('names each inspected disk without an accepted record', async () => {
    const uuid = await inspected(A, B);
    await write(record(uuid));
    assert.deepEqual(await unproved(uuid), ['disk /dev/sdb (serial B)']);
    await write(record(uuid, { device: '/dev/sdx', serial: null, wwn: 'wb' }));
    assert.deepEqual(await unproved(uuid), []);
  });

  it('does not accept a failed record, nor one of another run', async () => {
    const uuid = await inspected(A);
    await write(record(uuid, { run: randomUUID() }));
    assert.deepEqual(await unproved(uuid), ['disk /dev/sda (serial A)']);
    await write(record(uuid, { result: 'failed' }));
    assert.equal((await unproved(uuid)).length, 2);
  });

  it('does not take a name for a serial number', async () => {
    const uuid = await inspected({ name: '/dev/sda', serial: 'NEW', wwn: null });
    await write(record(uuid, { serial: 'OLD' }));
    assert.deepEqual(await unproved(uuid), ['disk /dev/sda (serial NEW)']);
  });

  it('refuses a failed disk that inspection never saw', async () => {
    const uuid = await inspected(A);
    await write(record(uuid));
    await write(record(uuid, { serial: 'X', device: '/dev/sdx', result: 'failed' }));
    assert.deepEqual(await unproved(uuid), ['disk /dev/sdx: the last record of this run says failed']);
  });

  it('asks for the BIOS reset where it is due', async () => {
    const uuid = await inspected();
    assert.deepEqual(await unproved(uuid, { biosReset: true }), ['BIOS reset']);
    await write(record(uuid, { subject: 'bios', serial: null, device: null }));
    assert.deepEqual(await unproved(uuid, { biosReset: true }), []);
  });

  it('takes an older record where cleaning is waived, but none from before the last deployment', async () => {
    const uuid = await inspected(A);
    await write(record(uuid, { run: randomUUID() }));
    assert.deepEqual(await unproved(uuid, { waived: true }), []);
    await addHistory(database.pool, {
      nodeUuid: uuid,
      event: 'x',
      eventType: 'deploy',
      severity: 'INFO',
      conductor: null,
    });
    assert.deepEqual(await unproved(uuid, { waived: true }), ['disk /dev/sda (serial A)']);
  });
});
