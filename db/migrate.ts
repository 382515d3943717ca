import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

/** Folder of the plain SQL migrations, forward only. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Brings the database to the newest schema; any number of processes may call it at once, one works and
 * the others wait for it.
 * @returns the names of the migrations that were run now
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const done = await runner({
    databaseUrl,
    dir: MIGRATIONS_FOLDER,
    direction: 'up',
    migrationsTable: 'schema_migrations',
    checkOrder: true,
    advisoryLockMode: 'wait',
    log: () => {},
  });
  return done.map((migration) => migration.name);
}
