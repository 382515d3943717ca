import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { getAgentSession, openAgentSession } from '../../../db/agent-sessions.ts';
import {
  deleteRescuePassword,
  getRescuePassword,
  markRescuePasswordSent,
  markRescuePasswordTaken,
  putRescuePassword,
} from '../../../db/rescue-passwords.ts';
import { insertBareNode } from '../../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

describe('rescue passwords', () => {
  let database: TestDatabase;
  const nodeUuid = randomUUID();
  const bootId = 'run:1';
  before(async () => {
    database = await createTestDatabase();
    await insertBareNode(database.pool, { uuid: nodeUuid });
  });
  after(() => database.close());

  it('are kept for each request, and a request sent again changes nothing', async () => {
    const { pool } = database;
    await putRescuePassword(pool, { nodeUuid, requestId: 'req-a', hash: '$6$a$1' });
    await putRescuePassword(pool, { nodeUuid, requestId: 'req-a', hash: '$6$a$2' });
    await putRescuePassword(pool, { nodeUuid, requestId: 'req-b', hash: '$6$b$1' });
    await deleteRescuePassword(pool, { nodeUuid, requestId: 'req-b' });
    assert.equal(await getRescuePassword(pool, { nodeUuid, requestId: 'req-b' }), undefined);
    assert.deepEqual(await getRescuePassword(pool, { nodeUuid, requestId: 'req-a' }), {
      hash: '$6$a$1',
      sentTo: null,
      takenBy: null,
    });
  });

  it('lose their hash and end the agent’s session once a rescue system has them', async () => {
    const { pool } = database;
    const key = { nodeUuid, requestId: 'req-a' };
    await openAgentSession(pool, { nodeUuid, bootId, network: 'rescuing' });
    await markRescuePasswordSent(pool, { ...key, bootId });
    assert.deepEqual(await getRescuePassword(pool, key), { hash: '$6$a$1', sentTo: bootId, takenBy: null });
    await markRescuePasswordTaken(pool, { ...key, bootId });
    assert.deepEqual(await getRescuePassword(pool, key), { hash: null, sentTo: bootId, takenBy: bootId });
    assert.equal(await getAgentSession(pool, nodeUuid), undefined);
  });

  it('leave nothing of what was taken when the next one comes', async () => {
    const { pool } = database;
    await putRescuePassword(pool, { nodeUuid, requestId: 'req-c', hash: '$6$c$1' });
    const { rows } = await pool.query('select request_id from rescue_passwords where node_uuid = $1', [nodeUuid]);
    assert.deepEqual(rows, [{ request_id: 'req-c' }]);
  });
});
