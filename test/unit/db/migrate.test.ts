import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { runner } from 'node-pg-migrate';
import { migrate, MIGRATIONS_FOLDER } from '../../../db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const NODE = '11111111-2222-4333-8444-555555555555';

describe('migrate', () => {
  let database: TestDatabase;
  before(async () => {
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

  it('brings the requests of before into the histories, and tells deliveries their node', async () => {
    const { url: databaseUrl, pool, close } = await createTestDatabase({ template: 'template1' });
    try {
      await runner({
        databaseUrl,
        dir: MIGRATIONS_FOLDER,
        direction: 'up',
        migrationsTable: 'schema_migrations',
        count: readdirSync(MIGRATIONS_FOLDER).filter((file) => file < '0070').length,
        log: () => {},
      });
      await pool.query(`
        insert into node_history (node_uuid, at, event, event_type, severity)
          values ('${NODE}', now() - interval '1 hour', 'Started', 'manage', 'INFO');
        insert into api_requests (request_id, at, method, path, status, node_uuid)
          values ('req-1', now() - interval '2 hours', 'POST', '/v1/nodes', 201, '${NODE}'),
            ('req-2', now(), 'DELETE', '/v1/ports/x', 404, null);
        insert into webhooks (name, url, secret, events) values ('w', 'http://x/', 'plain:s', '{power}');
        insert into node_events (node_uuid, type, data) values ('${NODE}', 'power', '{}')`);
      assert.ok((await migrate(databaseUrl)).length >= 3);
      const history = await pool.query(
        `select coalesce(event, method) as what, severity from node_history where node_uuid = '${NODE}' order by at, id`,
      );
      assert.deepEqual(history.rows, [
        { what: 'POST', severity: 'INFO' },
        { what: 'Started', severity: 'INFO' },
      ]);
      const refused = await pool.query(`select node_uuid, status from api_requests where request_id = 'req-2'`);
      assert.deepEqual(refused.rows, [{ node_uuid: null, status: 404 }]);
      assert.deepEqual((await pool.query('select node_uuid from webhook_deliveries')).rows, [{ node_uuid: NODE }]);
    } finally {
      await close();
    }
  });
});
