import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { insertPort } from '../../../db/ports.ts';
import { insertBareNode } from '../../support/bare-node.ts';
import { NEW_PORT } from '../../support/new-records.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

describe('ports', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  it('cannot belong to a node or a portgroup that was deleted a moment ago', async () => {
    const uuid = randomUUID();
    const port = { ...NEW_PORT, uuid, nodeUuid: randomUUID(), address: '52:54:00:00:00:01' };
    await assert.rejects(insertPort(database.pool, port), {
      code: 'InvalidParameterValue',
      message: `Node ${port.nodeUuid} could not be found.`,
    });
    await insertBareNode(database.pool, { uuid: port.nodeUuid });
    const portgroupUuid = randomUUID();
    await assert.rejects(insertPort(database.pool, { ...port, portgroupUuid }), {
      code: 'InvalidParameterValue',
      message: `Portgroup ${portgroupUuid} could not be found.`,
    });
    assert.equal((await insertPort(database.pool, port)).uuid, uuid);
  });
});
