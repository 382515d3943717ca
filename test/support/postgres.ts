import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import { startPostgres, type PostgresServer } from '../../scripts/stack/postgres.ts';
import { atEnd } from './at-end.ts';

/** A database of a test file's own. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

let server: Promise<PostgresServer> | undefined;
let count = 0;

/** A fresh database, cloned from a migrated template; PostgreSQL is started once per mocha process. */
export async function createTestDatabase(): Promise<TestDatabase> {
  server ??= startServer();
  const postgres = await server;
  const name = `test_${process.pid}_${(count += 1)}`;
  await sql(postgres, `create database ${name} template anneal_template`);
  const url = postgres.url(name);
  const pool = createPool(url);
  return {
    url,
    pool,
    async close() {
      await pool.end();
      await sql(postgres, `drop database ${name} with (force)`);
    },
  };
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

async function sql(postgres: PostgresServer, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
