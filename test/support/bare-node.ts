import type { Queryable } from '../../db/pool.ts';

/** Adds a node that has only what SQL asks for, and the columns that a test is about. */
export async function insertBareNode(db: Queryable, columns: Readonly<Record<string, unknown>>): Promise<void> {
  const row = { driver: 'fake-hardware', interfaces: {}, ...columns };
  const names = Object.keys(row);
  await db.query(
    `insert into nodes (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
}
