import pg from 'pg';
import { PreparingClient } from './preparing-client.ts';

/** What a database function needs: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

/**
 * Opens a pool on `databaseUrl` (TCP, or a unix socket as `postgresql:///anneal?host=/dir`). Lost idle
 * connections are replaced silently: a restart of PostgreSQL must not end the process.
 */
export function createPool(databaseUrl: string, options: { maxConnections?: number } = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5000,
    application_name: 'anneal',
    Client: PreparingClient,
  });
  pool.on('error', () => {});
  return pool;
}

/** Runs `work` in one transaction; commits when it resolves, rolls back when it rejects. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}
