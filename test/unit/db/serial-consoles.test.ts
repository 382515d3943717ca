import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  dropSerialConsole,
  getSerialConsole,
  holdSerialConsoles,
  noteSerialConsole,
  releaseSerialConsoles,
  unwantSerialConsole,
  wantSerialConsole,
} from '../../../db/serial-consoles.ts';
import { insertBareNode } from '../../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

describe('serial consoles in the database', () => {
  let database: TestDatabase;
  before(async () => (database = await createTestDatabase()));
  after(() => database.close());
  beforeEach(() => database.pool.query('delete from serial_consoles'));

  const add = async (site = 'here') => {
    const uuid = randomUUID();
    await insertBareNode(database.pool, { uuid, conductor_group: site });
    return uuid;
  };
  const want = (nodeUuid: string, wantedPort: number | null = null) =>
    wantSerialConsole(database.pool, { nodeUuid, wantedPort });
  const hold = (hostname: string, site = 'here') => holdSerialConsoles(database.pool, { hostname, site });
  const note = (nodeUuid: string, port: number) =>
    noteSerialConsole(database.pool, 'one', { nodeUuid, host: '192.0.2.1', port });
  const age = (seconds: number) =>
    database.pool.query('update serial_consoles set seen_at = seen_at - make_interval(secs => $1::float8)', [seconds]);

  it('are held by one worker of their site, until that is silent for too long', async () => {
    const nodeUuid = await add();
    await want(nodeUuid, 7000);
    assert.deepEqual(await hold('far', 'elsewhere'), []);
    const held = { nodeUuid, isWanted: true, wantedPort: 7000, port: null, problem: null };
    assert.deepEqual(await hold('one'), [held]);
    assert.deepEqual(await hold('two'), []);
    await age(14);
    assert.deepEqual(await hold('two'), []);
    assert.deepEqual(await hold('one'), [held]);
    await age(16);
    assert.deepEqual(await hold('two'), [held]);
    assert.deepEqual(await hold('one'), []);
    assert.equal(await note(nodeUuid, 7000), false);
  });

  it('are at once free for another when a worker ends in good order', async () => {
    await want(await add());
    assert.equal((await hold('one')).length, 1);
    await releaseSerialConsoles(database.pool, 'one');
    assert.equal((await hold('two')).length, 1);
  });

  it('tell where they are served, and by nobody when their worker is silent', async () => {
    const nodeUuid = await add();
    await want(nodeUuid);
    await hold('one');
    await note(nodeUuid, 7000);
    const place = { host: '192.0.2.1', port: 7000 };
    assert.deepEqual(await getSerialConsole(database.pool, nodeUuid), { place, isServed: true, problem: null });
    await age(16);
    assert.deepEqual(await getSerialConsole(database.pool, nodeUuid), { place, isServed: false, problem: null });
  });

  it('lose their place when another port is asked for, and their problem when they are wanted anew', async () => {
    const nodeUuid = await add();
    await want(nodeUuid, 7000);
    await hold('one');
    await note(nodeUuid, 7000);
    await want(nodeUuid, 7000);
    assert.equal((await getSerialConsole(database.pool, nodeUuid))?.place?.port, 7000);
    await want(nodeUuid, 7001);
    assert.equal((await getSerialConsole(database.pool, nodeUuid))?.place, null);
    await noteSerialConsole(database.pool, 'one', { nodeUuid, problem: 'in use' });
    assert.equal((await getSerialConsole(database.pool, nodeUuid))?.problem, 'in use');
    await want(nodeUuid, 7001);
    assert.equal((await getSerialConsole(database.pool, nodeUuid))?.problem, null);
  });

  it('are gone when nobody holds them, else when their worker has closed them', async () => {
    const free = await add();
    await want(free);
    await unwantSerialConsole(database.pool, free);
    assert.equal(await getSerialConsole(database.pool, free), undefined);
    const held = await add();
    await want(held);
    await hold('one');
    await dropSerialConsole(database.pool, 'one', held);
    await unwantSerialConsole(database.pool, held);
    assert.equal((await hold('one'))[0]?.isWanted, false);
    await dropSerialConsole(database.pool, 'two', held);
    assert.notEqual(await getSerialConsole(database.pool, held), undefined);
    await dropSerialConsole(database.pool, 'one', held);
    assert.equal(await getSerialConsole(database.pool, held), undefined);
  });
});
