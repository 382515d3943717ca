import assert from 'node:assert/strict';
import { deleteSwitch, getSwitch, getSwitchById, listSwitches, upsertSwitch } from '../../../db/switches.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import type { TestDatabase } from '../../support/postgres.ts';

describe('switches', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  it('are made, replaced, found by name and by switch_id, listed and deleted', async () => {
    const { pool } = database;
    await upsertSwitch(pool, { name: 'leaf-2', driver: 'fake', settings: {} });
    const made = await upsertSwitch(pool, { name: 'leaf-1', driver: 'fake', settings: {} });
    const settings = { ovsdb: 'tcp:127.0.0.1:6640', bridge: 'br0', switch_id: 'AA:BB:CC:00:00:01' };
    const replaced = await upsertSwitch(pool, { name: 'leaf-1', driver: 'ovs', settings });
    assert.deepEqual(replaced, { name: 'leaf-1', driver: 'ovs', settings, createdAt: made.createdAt });
    assert.deepEqual(await getSwitch(pool, 'leaf-1'), replaced);
    assert.deepEqual(await getSwitchById(pool, 'aa:bb:cc:00:00:01'), replaced);
    assert.equal(await getSwitch(pool, 'leaf-3'), undefined);
    assert.equal(await getSwitchById(pool, 'aa:bb:cc:00:00:02'), undefined);
    assert.deepEqual(
      (await listSwitches(pool)).map((found) => found.name),
      ['leaf-1', 'leaf-2'],
    );
    assert.equal(await deleteSwitch(pool, 'leaf-2'), true);
    assert.equal(await deleteSwitch(pool, 'leaf-2'), false);
  });
});
