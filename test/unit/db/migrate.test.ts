import assert from 'node:assert/strict';
import { migrate } from '../../../db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

describe('migrate', () => {
  let database: TestDatabase;
  before(async function () {
    this.timeout(60_000);
    database = await createTestDatabase();
  });
  after(async () => {
    await database.close();
  });

  it('runs nothing on a database that is up to date', async () => {
    assert.deepEqual(await migrate(database.url), []);
  });

  it('lets four processes migrate at once', async () => {
    const results = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
    assert.deepEqual(results.flat(), []);
  });

  it('refuses a power state that Ironic does not know', async () => {
    const insert = `insert into nodes (uuid, driver, interfaces, power_state)
      values (gen_random_uuid(), 'fake-hardware', '{}', 'glowing')`;
    await assert.rejects(database.pool.query(insert), /nodes_power_state_check/);
  });
});
