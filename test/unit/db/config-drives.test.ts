import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { deleteConfigDrive, getConfigDrive, putConfigDrive } from '../../../db/config-drives.ts';
import { insertBareNode } from '../../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

describe('config drives', () => {
  let database: TestDatabase;
  const nodeUuid = randomUUID();
  before(async () => {
    database = await createTestDatabase();
    await insertBareNode(database.pool, { uuid: nodeUuid });
  });
  after(() => database.close());

  it('keeps the last drive that was put and forgets it on delete', async () => {
    const { pool } = database;
    assert.equal(await getConfigDrive(pool, nodeUuid), undefined);
    await putConfigDrive(pool, { nodeUuid, content: 'H4sI-first' });
    await putConfigDrive(pool, { nodeUuid, content: 'http://192.0.2.1/drive' });
    assert.equal(await getConfigDrive(pool, nodeUuid), 'http://192.0.2.1/drive');
    await deleteConfigDrive(pool, nodeUuid);
    await deleteConfigDrive(pool, nodeUuid);
    assert.equal(await getConfigDrive(pool, nodeUuid), undefined);
  });

  it('goes away with its node', async () => {
    const { pool } = database;
    await putConfigDrive(pool, { nodeUuid, content: 'x' });
    await pool.query('delete from nodes where uuid = $1', [nodeUuid]);
    assert.equal(await getConfigDrive(pool, nodeUuid), undefined);
  });
});
