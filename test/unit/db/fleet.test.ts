import assert from 'node:assert/strict';
import { countRacks, listUnknownNodes, listWatchedNodes, recordSweep, selectFleet } from '../../../db/fleet.ts';
import { addHistoryOnce } from '../../../db/history.ts';
import { addMissingPort, applyInspection, isInspected } from '../../../db/inspection-results.ts';
import { getInventory, saveInventory } from '../../../db/inventory.ts';
import { getNodeByUuid } from '../../../db/nodes.ts';
import { listPortsOfNode } from '../../../db/ports.ts';
import type { ProvisionState } from '../../../domain/provision-states.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { addMachine } from '../../support/world.ts';

describe('db/fleet', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const add = async (provisionState: ProvisionState, set = ''): Promise<string> => {
    const { uuid } = await addMachine(database.pool, { provisionState });
    if (set !== '') await database.pool.query(`update nodes set ${set} where uuid = $1::uuid`, [uuid]);
    return uuid;
  };
  const select = async (selector: Parameters<typeof selectFleet>[1]['selector']) =>
    (await selectFleet(database.pool, { site: '', selector })).map(({ uuid }) => uuid);

  it('selects available nodes that fit every field', async () => {
    const one = await add('available', `resource_class = 'big', extra = '{"rack": "r1"}'`);
    const two = await add('available', `resource_class = 'big', owner = 'x'`);
    await add('active', `resource_class = 'big'`);
    await add('available', `resource_class = 'big', maintenance = true`);
    await database.pool.query(
      `insert into node_traits values ($1::uuid, 'CUSTOM_A'), ($2::uuid, 'CUSTOM_A'), ($2::uuid, 'CUSTOM_B')`,
      [one, two],
    );
    assert.deepEqual(await select({ resourceClass: 'big' }), [one, two]);
    assert.deepEqual(await select({ resourceClass: 'big', owner: 'x' }), [two]);
    assert.deepEqual(await select({ rack: 'r1' }), [one]);
    assert.deepEqual(await select({ traits: ['CUSTOM_A', 'CUSTOM_B'] }), [two]);
    assert.deepEqual(await select({ nodes: [one] }), [one]);
    assert.deepEqual(await select({ all: true }), [one, two]);
    assert.deepEqual(await select({}), []);
  });

  it('names the nodes that a site does not have', async () => {
    const here = await add('active', `name = 'here'`);
    await add('available', `name = 'there', conductor_group = 'far'`);
    const nodes = ['nope', here, 'there', 'here'];
    assert.deepEqual(await listUnknownNodes(database.pool, { site: '', nodes }), ['nope', 'there']);
    assert.deepEqual(await listUnknownNodes(database.pool, { site: '', nodes: [] }), []);
  });

  it('counts the nodes of each rack in whatever state', async () => {
    await add('available', `extra = '{"rack": "r1"}'`);
    await add('active', `properties = '{"rack": "r1"}'`);
    await add('active');
    assert.deepEqual(await countRacks(database.pool, ''), { r1: 2, '': 1 });
  });

  it('watches verified nodes that no operation holds', async () => {
    const watched = await add('active');
    await add('enroll');
    await add('cleaning', `operation = 'cleanNode'`);
    const nodes = await listWatchedNodes(database.pool, '');
    assert.deepEqual(
      nodes.map(({ uuid }) => uuid),
      [watched],
    );
  });

  it('writes a swept power state only where it changed and nobody works', async () => {
    const free = await add('active', `power_state = 'power off'`);
    const held = await add('cleaning', `operation = 'cleanNode', power_state = 'power off'`);
    const sweep = (nodeUuid: string) => recordSweep(database.pool, { nodeUuid, powerState: 'power on' });
    assert.deepEqual([await sweep(free), await sweep(free), await sweep(held)], [true, false, false]);
  });

  it('lays inspection results over the node and adds the port that was missing', async () => {
    const uuid = await add('inspecting', `inspection_started_at = now(), properties = '{"a": 1, "cpus": 1}'`);
    assert.equal(await isInspected(database.pool, uuid), false);
    await saveInventory(database.pool, { nodeUuid: uuid, inventory: { cpu: {} }, pluginData: {} });
    assert.equal(await isInspected(database.pool, uuid), true);
    await applyInspection(database.pool, { nodeUuid: uuid, properties: { cpus: 4 }, bootMode: 'bios' });
    const before = (await listPortsOfNode(database.pool, uuid)).length;
    const port = { nodeUuid: uuid, address: '52:54:00:aa:bb:cc' };
    await addMissingPort(database.pool, port);
    await addMissingPort(database.pool, port);
    const node = await getNodeByUuid(database.pool, uuid);
    assert.deepEqual([node?.properties, node?.bootMode], [{ a: 1, cpus: 4 }, 'bios']);
    assert.equal((await listPortsOfNode(database.pool, uuid)).length, before + 1);
    assert.deepEqual((await getInventory(database.pool, uuid))?.inventory, { cpu: {} });
  });

  it('writes a line of history once for each run', async () => {
    const uuid = await add('active');
    const line = { nodeUuid: uuid, event: 'x', eventType: 'y', severity: 'INFO', conductor: null, run: uuid } as const;
    await addHistoryOnce(database.pool, line);
    await addHistoryOnce(database.pool, line);
    const { rowCount } = await database.pool.query('select from node_history where node_uuid = $1::uuid', [uuid]);
    assert.equal(rowCount, 1);
  });
});
