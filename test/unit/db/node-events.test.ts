import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { addCallEvents, listEventsAfter, listEventsOfRuns } from '../../../db/node-events.ts';
import { claimNode, endOperation, setPowerState, showStep } from '../../../db/operations.ts';
import { movesOf } from '../../../domain/provision-states.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { addMachine } from '../../support/world.ts';

describe('db/node-events', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  const claim = (nodeUuid: string, run: string) =>
    claimNode(database.pool, {
      nodeUuid,
      verb: 'provide',
      run,
      moves: movesOf('provide'),
      targets: {},
      targetPower: null,
      operation: 'cleanNode',
      hostname: 'w1',
      requestId: 'req-1',
      username: 'ops',
    });

  it('are written by whatever changes the row of a node, in the order of what happened', async () => {
    const { uuid: nodeUuid } = await addMachine(database.pool, { provisionState: 'manageable' });
    const run = randomUUID();
    await claim(nodeUuid, run);
    await setPowerState(database.pool, { nodeUuid, powerState: 'power on' });
    const step = { interface: 'deploy', step: 'erase_devices', priority: 10, index: 1, total: 2 } as const;
    await showStep(database.pool, { nodeUuid, run, kind: 'clean', step: { ...step, args: { password: 'hunter22' } } });
    const ending = { nodeUuid, run, verb: 'provide', hostname: 'w1', event: 'done', lastError: null };
    await endOperation(database.pool, { ...ending, moves: movesOf('done') });
    await setPowerState(database.pool, { nodeUuid, powerState: 'power off' });
    const events = await listEventsOfRuns(database.pool, [run]);
    assert.deepEqual(
      events.map(({ type, data }) => [type, data]),
      [
        ['operation started', { operation: 'cleanNode', request_id: 'req-1', host: 'w1' }],
        ['state', { from: 'manageable', to: 'cleaning' }],
        ['power', { from: 'power off', to: 'power on' }],
        ['step', { kind: 'clean', interface: 'deploy', step: 'erase_devices', index: 1, total: 2 }],
        ['cleaning proved', { waived: true, records: [] }],
        ['state', { from: 'cleaning', to: 'available' }],
        ['operation ended', { provision_state: 'available', last_error: null }],
      ],
    );
  });

  it('end an operation whose node another one takes over', async () => {
    const { uuid: nodeUuid } = await addMachine(database.pool, { provisionState: 'manageable' });
    const [lost, next] = [randomUUID(), randomUUID()];
    await claim(nodeUuid, lost);
    await database.pool.query(`update nodes set provision_state = 'manageable' where uuid = $1::uuid`, [nodeUuid]);
    await claim(nodeUuid, next);
    const last = (await listEventsOfRuns(database.pool, [lost])).at(-1);
    assert.equal(last?.type, 'operation ended');
    assert.match(JSON.stringify(last?.data), /ended from outside/);
  });

  it('are read on from where somebody is, for each operation by itself', async () => {
    const { uuid: nodeUuid } = await addMachine(database.pool, { provisionState: 'manageable' });
    const [one, two] = [randomUUID(), randomUUID()];
    const data = (attempt: number) => ({ call: 'bootAgent', attempt });
    await addCallEvents(
      database.pool,
      [1, 2, 3].flatMap((attempt) =>
        [one, two].map((run) => ({ nodeUuid, run, type: 'call started' as const, data: data(attempt) })),
      ),
    );
    const all = await listEventsAfter(database.pool, [{ run: one, after: 0 }]);
    assert.deepEqual(
      all.map((event) => event.data),
      [1, 2, 3].map(data),
    );
    const rest = await listEventsAfter(database.pool, [
      { run: one, after: all[1]?.id ?? 0 },
      { run: two, after: all[2]?.id ?? 0 },
    ]);
    assert.deepEqual(
      rest.map(({ run, data: told }) => [run, told]),
      [
        [one, data(3)],
        [two, data(3)],
      ],
    );
  });
});
