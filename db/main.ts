/** Brings the database named by DATABASE_URL to the newest schema: `npm run db:migrate`. */
import { migrate } from './migrate.ts';

const databaseUrl = process.env['DATABASE_URL'];
if (databaseUrl === undefined || databaseUrl === '') {
  console.error('DATABASE_URL is not set: name the database, for example postgresql://anneal@127.0.0.1:5432/anneal');
  process.exit(2);
}
try {
  const names = await migrate(databaseUrl);
  console.log(names.length === 0 ? 'The schema is up to date.' : `Migrated: ${names.join(', ')}.`);
} catch (error) {
  console.error(`The schema could not be migrated: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
