import assert from 'node:assert/strict';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

describe('prepared statements', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  it('prepares a statement with parameters once and runs it by its name from then on', async () => {
    const client = await database.pool.connect();
    try {
      for (const value of [1, 2, 3]) {
        const { rows } = await client.query<{ sum: number }>('select $1::integer + 1 as sum', [value]);
        assert.deepEqual(rows, [{ sum: value + 1 }]);
      }
      const { rows } = await client.query<{ runs: string }>(
        `select generic_plans + custom_plans as runs from pg_prepared_statements
          where statement = 'select $1::integer + 1 as sum'`,
      );
      assert.deepEqual(rows, [{ runs: '3' }]);
    } finally {
      client.release();
    }
  });

  it('leaves statements without parameters, which migrations and transactions use, as they are', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      await client.query('rollback');
      const { rows } = await client.query(
        "select 1 from pg_prepared_statements where statement in ('begin', 'rollback')",
      );
      assert.deepEqual(rows, []);
    } finally {
      client.release();
    }
  });

  it('gives a statement its own error, and goes on', async () => {
    await assert.rejects(database.pool.query('select $1::integer / 0', [1]), /division by zero/);
    const { rows } = await database.pool.query<{ one: number }>('select $1::integer as one', [1]);
    assert.deepEqual(rows, [{ one: 1 }]);
  });
});
