import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { openAgentSession } from '../../../db/agent-sessions.ts';
import { beginWait, endWait } from '../../../db/agent-waits.ts';
import { saveInventory } from '../../../db/inventory.ts';
import { movesOf, type ProvisionState, type Verb } from '../../../domain/provision-states.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { addMachine } from '../../support/world.ts';

describe('db/agent-waits', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  /** A node that a run holds, with an agent booted on it. */
  async function add(provisionState: ProvisionState) {
    const { uuid: nodeUuid } = await addMachine(database.pool, { provisionState });
    const run = randomUUID();
    await database.pool.query(
      `update nodes set operation = 'cleanNode', operation_run = $2::uuid, inspection_started_at = now()
        where uuid = $1::uuid`,
      [nodeUuid, run],
    );
    const boot = async (bootId: string) => {
      await openAgentSession(database.pool, { nodeUuid, bootId, network: 'cleaning' });
    };
    await boot('first');
    const of = (verb: Verb, bootId: string) => ({ nodeUuid, run, bootId, moves: movesOf(verb) });
    return {
      nodeUuid,
      boot,
      begin: (bootId: string, awaited: 'heartbeat' | 'inventory' = 'heartbeat') =>
        beginWait(database.pool, { ...of('wait', bootId), awaited }),
      end: (bootId: string) => endWait(database.pool, of('resume', bootId)),
      hear: () =>
        database.pool.query('update agent_sessions set first_heartbeat_at = now() where node_uuid = $1::uuid', [
          nodeUuid,
        ]),
    };
  }

  it('waits for the first heartbeat of a boot, and no longer', async () => {
    const { begin, end, hear } = await add('cleaning');
    assert.equal(await begin('first'), 'clean wait');
    await hear();
    assert.equal(await end('first'), 'cleaning');
  });

  it('puts nothing back when the same wait is begun again after its end', async () => {
    const { begin, end, hear } = await add('cleaning');
    await begin('first');
    await hear();
    await end('first');
    assert.equal(await begin('first'), undefined);
  });

  it('leaves the wait of a later boot alone', async () => {
    const { begin, end, boot } = await add('cleaning');
    await boot('second');
    assert.equal(await begin('first'), undefined);
    assert.equal(await begin('second'), 'clean wait');
    assert.equal(await end('first'), undefined);
  });

  it('does not wait for an inventory that is here', async () => {
    const { nodeUuid, begin } = await add('inspecting');
    await saveInventory(database.pool, { nodeUuid, inventory: {}, pluginData: {} });
    assert.equal(await begin('first', 'inventory'), undefined);
  });
});
