import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import { startPostgres, type PostgresServer } from '../../scripts/stack/postgres.ts';
import { atEnd } from './at-end.ts';
import { until } from './until.ts';

/** A database of a test file's own. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

let server: Promise<PostgresServer> | undefined;
let count = 0;

/**
 * A fresh database; PostgreSQL is started once per mocha process.
 * @param options.template what it is cloned from: a migrated database, or `template1` for an empty one
 */
export async function createTestDatabase({ template = 'anneal_template' } = {}): Promise<TestDatabase> {
  server ??= startServer();
  const postgres = await server;
  const name = `test_${process.pid}_${(count += 1)}`;
  await sql(postgres, `create database ${name} template ${template}`);
  const url = postgres.url(name);
  const pool = createPool(url);
  return {
    url,
    pool,
    async close() {
      await pool.end();
      await untilLeft(postgres, name);
      await sql(postgres, `drop database ${name} with (force)`);
    },
  };
}

const LEAVING_MS = 5000;

/**
 * A client's end returns before its server process is gone; one that is thrown out meanwhile says so to
 * nobody, and that fails whatever test runs then.
 */
async function untilLeft(postgres: PostgresServer, name: string): Promise<void> {
  for (const deadline = Date.now() + LEAVING_MS; Date.now() < deadline; await sleep(20)) {
    if ((await sql(postgres, `select from pg_stat_activity where datname = '${name}'`)) === 0) return;
  }
}

/** Waits until that many connections to the database wait for a lock. */
export async function untilBlocked(pool: pg.Pool, count: number): Promise<void> {
  const blocked = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const isSo = async () => (await pool.query(blocked)).rowCount === count;
  await until(`${count} connections that wait for a lock`, isSo, { everyMs: 20 });
}

async function startServer(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-postgres-'));
  // Root's server runs as the user postgres, who must be able to walk in.
  await chmod(folder, 0o755);
  const postgres = await startPostgres({ folder, durable: false });
  atEnd(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await postgres.ensureDatabase('anneal_template');
  await migrate(postgres.url('anneal_template'));
  return postgres;
}

/** Runs a statement on the server. @returns how many rows it gave or changed */
async function sql(postgres: PostgresServer, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    return (await client.query(statement)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
