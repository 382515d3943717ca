import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  getHolder,
  claimNode,
  endOperation,
  moveNode,
  releaseInstance,
  setPowerState,
  showStep,
} from '../../../db/operations.ts';
import { getNodeByUuid } from '../../../db/nodes.ts';
import { putConfigDrive } from '../../../db/config-drives.ts';
import { movesOf, type ProvisionState, type Verb } from '../../../domain/provision-states.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { addMachine } from '../../support/world.ts';

describe('db/operations', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  const add = async (provisionState: ProvisionState) => (await addMachine(database.pool, { provisionState })).uuid;
  const read = async (uuid: string) => {
    const node = await getNodeByUuid(database.pool, uuid);
    assert.ok(node);
    return node;
  };
  const claim = (nodeUuid: string, verb: Verb, run = randomUUID()) =>
    claimNode(database.pool, {
      nodeUuid,
      verb,
      run,
      moves: movesOf(verb),
      targets: { manageable: 'available' },
      targetPower: null,
      operation: 'cleanNode',
      hostname: 'w1',
      requestId: 'req-1',
      username: 'ops',
    });
  const history = async (nodeUuid: string) => {
    const { rows } = await database.pool.query<{ event: string; severity: string }>(
      'select event, severity from node_history where node_uuid = $1::uuid order by id',
      [nodeUuid],
    );
    return rows.map(({ event, severity }) => `${severity} ${event}`);
  };

  it('claims a node in a legal state, once', async () => {
    const uuid = await add('manageable');
    const run = randomUUID();
    const node = await claim(uuid, 'provide', run);
    assert.deepEqual(
      [node?.provisionState, node?.targetProvisionState, node?.reservation],
      ['cleaning', 'available', 'w1'],
    );
    assert.equal(await claim(uuid, 'provide', run), undefined);
    assert.deepEqual(await getHolder(database.pool, uuid), {
      provisionState: 'cleaning',
      operation: 'cleanNode',
      run,
      reservation: 'w1',
      lastError: null,
    });
    assert.deepEqual(await history(uuid), ['INFO Started cleanNode (provide): cleaning']);
  });

  it('claims nothing in another state, and changes nothing', async () => {
    const uuid = await add('active');
    assert.equal(await claim(uuid, 'provide'), undefined);
    const node = await read(uuid);
    assert.deepEqual([node.provisionState, node.reservation], ['active', null]);
    assert.deepEqual(await history(uuid), []);
  });

  it('lets one of two claims at once win', async () => {
    const uuid = await add('manageable');
    const claims = await Promise.all([claim(uuid, 'provide'), claim(uuid, 'inspect')]);
    assert.equal(claims.filter((node) => node !== undefined).length, 1);
  });

  it('moves the state for the run that holds the node only', async () => {
    const uuid = await add('manageable');
    const run = randomUUID();
    await claim(uuid, 'provide', run);
    const move = (verb: Verb, count: number, holder = run) =>
      moveNode(database.pool, { nodeUuid: uuid, run: holder, moves: movesOf(verb), count, hostname: 'w2' });
    assert.equal(await move('wait', 1, randomUUID()), undefined);
    assert.equal(await move('wait', 1), 'clean wait');
    assert.equal(await move('wait', 1), undefined);
    assert.equal(await move('resume', 2), 'cleaning');
    assert.equal(await move('wait', 1), undefined, 'a move that comes again, late');
    assert.equal((await read(uuid)).reservation, 'w2');
    assert.equal(await move('hold', 3), 'clean hold');
    assert.equal((await read(uuid)).reservation, null, 'on hold nobody works on it');
    assert.equal(await move('unhold', 4), 'clean wait');
    assert.equal((await read(uuid)).reservation, 'w2');
  });

  it('shows the step that runs', async () => {
    const uuid = await add('manageable');
    const run = randomUUID();
    await claim(uuid, 'provide', run);
    const step = { interface: 'deploy', step: 'erase_devices', priority: 10, index: 1, total: 2 } as const;
    await showStep(database.pool, { nodeUuid: uuid, run, kind: 'clean', step });
    const node = await read(uuid);
    assert.deepEqual([node.cleanStep, node.deployStep], [step, null]);
  });

  it('ends an operation well: all marks go', async () => {
    const uuid = await add('manageable');
    const run = randomUUID();
    await claim(uuid, 'provide', run);
    const ending = { nodeUuid: uuid, run, moves: movesOf('done'), verb: 'provide', hostname: 'w1', event: 'Done.' };
    assert.equal(await endOperation(database.pool, { ...ending, lastError: null }), 'available');
    assert.equal(await endOperation(database.pool, { ...ending, lastError: null }), undefined);
    const node = await read(uuid);
    assert.deepEqual([node.reservation, node.targetProvisionState, node.lastError], [null, null, null]);
    assert.deepEqual((await history(uuid)).at(-1), 'INFO Done.');
  });

  it('ends an operation badly: the cause stays, and the target where the state is no resting place', async () => {
    const uuid = await add('manageable');
    const run = randomUUID();
    await claim(uuid, 'provide', run);
    const fault = { fault: 'undo failure', reason: 'still on' };
    const ending = {
      nodeUuid: uuid,
      run,
      moves: movesOf('fail'),
      verb: 'provide',
      hostname: 'w1',
      event: 'Broken.',
      fault,
    };
    assert.equal(await endOperation(database.pool, { ...ending, lastError: 'Broken.' }), 'clean failed');
    const node = await read(uuid);
    assert.deepEqual(
      [node.lastError, node.targetProvisionState, node.maintenance, node.maintenanceReason, node.fault],
      ['Broken.', 'available', true, 'still on', 'undo failure'],
    );
    assert.deepEqual((await history(uuid)).at(-1), 'ERROR Broken.');
  });

  it('takes a node out of the maintenance of a fault that is mended, and of no other', async () => {
    for (const [fault, stays] of [
      ['undo failure', false],
      [null, true],
    ] as const) {
      const uuid = await add('manageable');
      const set = `update nodes set maintenance = true, maintenance_reason = 'why', fault = $2 where uuid = $1`;
      await database.pool.query(set, [uuid, fault]);
      const run = randomUUID();
      await claim(uuid, 'provide', run);
      const ending = { nodeUuid: uuid, run, moves: movesOf('done'), verb: 'provide', hostname: 'w1', event: 'Done.' };
      await endOperation(database.pool, { ...ending, lastError: null, mends: 'undo failure' });
      const node = await read(uuid);
      assert.deepEqual([node.maintenance, node.maintenanceReason, node.fault], [stays, stays ? 'why' : null, null]);
    }
  });

  it('forgets the tenant with the state', async () => {
    const { uuid } = await addMachine(database.pool, { provisionState: 'active' });
    await database.pool.query(`update nodes set instance_info = '{"image_source": "x"}' where uuid = $1::uuid`, [uuid]);
    await putConfigDrive(database.pool, { nodeUuid: uuid, content: 'x' });
    const run = randomUUID();
    await claim(uuid, 'delete', run);
    assert.equal(await releaseInstance(database.pool, { nodeUuid: uuid, run, moves: movesOf('clean') }), 'cleaning');
    const { rowCount } = await database.pool.query('select from config_drives where node_uuid = $1::uuid', [uuid]);
    assert.deepEqual([(await read(uuid)).instanceInfo, rowCount], [{}, 0]);
  });

  it('writes a power state', async () => {
    const uuid = await add('active');
    await setPowerState(database.pool, { nodeUuid: uuid, powerState: 'power on' });
    assert.equal((await read(uuid)).powerState, 'power on');
  });
});
