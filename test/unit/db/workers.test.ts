import assert from 'node:assert/strict';
import { listWorkers, registerWorker, removeWorker, touchWorker } from '../../../db/workers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

describe('workers', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  const register = (hostname: string) =>
    registerWorker(database.pool, { hostname, conductorGroup: '', hardwareTypes: [] });
  const silentFor = (hostname: string, time: string) =>
    database.pool.query('update workers set seen_at = now() - $2::interval where hostname = $1', [hostname, time]);
  const known = async () =>
    Object.fromEntries((await listWorkers(database.pool)).map(({ hostname, alive }) => [hostname, alive]));

  it('are dead after a minute of silence, and forgotten after a month', async () => {
    for (const hostname of ['a', 'b', 'c']) await register(hostname);
    await silentFor('a', '61 seconds');
    await silentFor('b', '31 days');
    assert.deepEqual(await known(), { a: false, b: false, c: true });
    await register('c');
    assert.deepEqual(await known(), { a: false, c: true });
    assert.equal(await touchWorker(database.pool, 'a'), true);
    assert.equal(await touchWorker(database.pool, 'b'), false);
    assert.deepEqual(await known(), { a: true, c: true });
  });

  it('that were silent for a month may come back', async () => {
    await silentFor('a', '31 days');
    await register('a');
    assert.equal((await known())['a'], true);
    await removeWorker(database.pool, 'a');
    assert.equal('a' in (await known()), false);
  });
});
