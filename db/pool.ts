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

/** A pool, or what stands for one in {@link inVain}. */
export type Database = Queryable & { connect(): Promise<Connection> };

/** One connection, for as long as it isn't released. */
type Connection = Queryable & Pick<pg.PoolClient, 'release'>;

/** Runs `work` in one transaction; commits when it resolves, rolls back when it rejects. */
export async function inTransaction<T>(pool: Database, work: (client: Queryable) => Promise<T>): Promise<T> {
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

/** Runs `work` over a database that forgets afterwards whatever was written: one transaction, always rolled back. */
export async function inVain<T>(pool: Database, work: (db: Database) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    return await work(withinOne(client));
  } finally {
    await client.query('rollback').catch(() => (broken = true));
    client.release(broken);
  }
}

/** Transactions within a transaction are savepoints. */
const SAVEPOINTS: Readonly<Record<string, string>> = {
  begin: 'savepoint inner_work',
  commit: 'release savepoint inner_work',
  rollback: 'rollback to savepoint inner_work',
};

function withinOne(client: Connection): Database {
  const query = ((text: unknown, ...rest: unknown[]) => {
    const send = client.query.bind(client) as (...words: unknown[]) => unknown;
    return send(typeof text === 'string' ? (SAVEPOINTS[text] ?? text) : text, ...rest);
  }) as Queryable['query'];
  return { query, connect: () => Promise.resolve({ query, release: () => {} }) };
}
