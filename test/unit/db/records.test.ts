import assert from 'node:assert/strict';
import { chassisTable } from '../../../db/chassis.ts';
import { deployTemplateTable } from '../../../db/deploy-templates.ts';
import { hasPorts, portgroupTable, setPhysicalNetworkOfPorts } from '../../../db/portgroups.ts';
import type { RecordRow, RecordTable } from '../../../db/record-table.ts';
import {
  addRunbookTrait,
  listRunbookTraits,
  removeRunbookTrait,
  replaceRunbookTraits,
  runbookTable,
} from '../../../db/runbooks.ts';
import { volumeConnectorTable, volumeTargetTable } from '../../../db/volumes.ts';
import { insertBareNode } from '../../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const NODE = '11111111-0000-4000-8000-000000000001';
const ONE = '22222222-0000-4000-8000-000000000001';
const TWO = '22222222-0000-4000-8000-000000000002';

interface Subject {
  readonly name: string;
  // Each table has a document of its own; the tests below treat them alike.
  readonly table: RecordTable<object, string, object>;
  /** A row, and what changes of it. */
  readonly row: object;
  readonly change: object;
  /** What makes a second row one that is not the first again. */
  readonly other: object;
  /** What the constraints say when the second row repeats the first. */
  readonly clash: { readonly fields: object; readonly message: RegExp };
}

function subject<Document extends object, Filters extends object>(
  name: string,
  table: RecordTable<Document, string, Filters>,
  facts: { row: Document; change: Partial<Document>; other: Partial<Document>; clash: Subject['clash'] },
): Subject {
  return { name, table: table as unknown as Subject['table'], ...facts };
}

const step = { interface: 'deploy', step: 'erase', args: { a: 1 } };

const SUBJECTS: readonly Subject[] = [
  subject('chassis', chassisTable, {
    row: { description: 'rack 1', extra: { a: 1 } },
    change: { description: null },
    other: {},
    clash: { fields: { uuid: ONE }, message: /A chassis with UUID .* already exists/ },
  }),
  subject('portgroups', portgroupTable, {
    row: {
      node_uuid: NODE,
      address: '52:54:00:00:00:01',
      name: 'bond0',
      mode: '802.3ad',
      properties: { miimon: 100 },
      standalone_ports_supported: false,
      physical_network: 'a',
      category: 'fast',
      extra: {},
    },
    change: { name: null, properties: {} },
    other: { address: '52:54:00:00:00:02', name: 'bond1' },
    clash: { fields: { address: '52:54:00:00:00:02' }, message: /A portgroup with name bond0 already exists/ },
  }),
  subject('volume_connectors', volumeConnectorTable, {
    row: { node_uuid: NODE, type: 'iqn', connector_id: 'iqn.2017-07.org:1', extra: {} },
    change: { connector_id: 'iqn.2017-07.org:3' },
    other: { connector_id: 'iqn.2017-07.org:2' },
    clash: { fields: {}, message: /with type iqn and connector ID iqn\.2017-07\.org:1 already exists/ },
  }),
  subject('volume_targets', volumeTargetTable, {
    row: { node_uuid: NODE, volume_type: 'iscsi', volume_id: 'v', boot_index: 0, properties: { lun: 1 }, extra: {} },
    change: { boot_index: 7 },
    other: { boot_index: 1 },
    clash: { fields: {}, message: /with boot index '0' for the same node already exists/ },
  }),
  subject('deploy_templates', deployTemplateTable, {
    row: { name: 'CUSTOM_A', steps: [{ ...step, priority: 10 }], extra: {} },
    change: { steps: [{ ...step, priority: 20 }] },
    other: { name: 'CUSTOM_B' },
    clash: { fields: {}, message: /A deploy template with name CUSTOM_A already exists/ },
  }),
  subject('runbooks', runbookTable, {
    row: {
      name: 'CUSTOM_A',
      steps: [{ ...step, order: 1 }],
      disable_ramdisk: true,
      public: true,
      owner: null,
      description: 'why',
      extra: {},
    },
    change: { public: false, owner: 'p' },
    other: { name: 'CUSTOM_B' },
    clash: { fields: {}, message: /A runbook with name CUSTOM_A already exists/ },
  }),
];

describe('tables of records', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
    await insertBareNode(database.pool, { uuid: NODE, shard: 's1', conductor_group: 'g1' });
  });
  afterEach(() => database.close());

  for (const { name, table, row, change, other, clash } of SUBJECTS) {
    it(`keep, change, list and remove rows: ${name}`, async () => {
      const db = database.pool;
      const first: RecordRow<object> = { ...row, uuid: ONE };
      await table.insert(db, first);
      assert.deepEqual(await table.lock(db, ONE), first);
      await table.insert(db, { ...row, ...other, uuid: TWO });
      const page = { sortKey: null, descending: true, marker: null, limit: 10 };
      const wanted = { texts: ['uuid'], filters: {}, visibleTo: null };
      const listed = await table.list(db, { ...wanted, page });
      assert.deepEqual(listed, [[TWO], [ONE]]);
      assert.deepEqual(await table.list(db, { ...wanted, page: { ...page, marker: TWO } }), [[ONE]]);
      assert.equal(await table.update(db, { ...first, ...change }), true);
      assert.deepEqual(await table.lock(db, ONE), { ...first, ...change });
      const [created, updated] = (await table.show(db, ONE, ['created_at', 'updated_at'])) ?? [];
      assert.ok(created && updated && updated >= created);
      assert.equal(await table.remove(db, first), true);
      assert.equal(await table.remove(db, first), false);
      assert.equal(await table.update(db, first), false);
      assert.equal(await table.show(db, ONE, ['uuid']), undefined);
      assert.equal(await table.show(db, 'no such name', ['uuid']), undefined);
    });

    it(`name what is taken: ${name}`, async () => {
      await table.insert(database.pool, { ...row, uuid: ONE });
      const again = table.insert(database.pool, { ...row, uuid: TWO, ...clash.fields });
      await assert.rejects(again, { code: 'AlreadyExists', message: clash.message });
    });
  }
});

describe('portgroups', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
    await insertBareNode(database.pool, { uuid: NODE, shard: 's1', conductor_group: 'g1' });
  });
  after(() => database.close());

  it('put their ports on one physical network and stay while they have ports', async () => {
    const db = database.pool;
    const { row } = SUBJECTS[1] as Subject;
    const group = { ...(row as Parameters<typeof portgroupTable.insert>[1]), uuid: ONE };
    await portgroupTable.insert(db, group);
    assert.equal(await hasPorts(db, ONE), false);
    await db.query(
      `insert into ports (uuid, node_uuid, address, portgroup_uuid) values ($1, $2, '52:54:00:00:00:09', $3)`,
      [TWO, NODE, ONE],
    );
    assert.equal(await hasPorts(db, ONE), true);
    await setPhysicalNetworkOfPorts(db, { portgroupUuid: ONE, physicalNetwork: 'blue' });
    const { rows } = await db.query('select physical_network from ports');
    assert.deepEqual(rows, [{ physical_network: 'blue' }]);
    await assert.rejects(portgroupTable.remove(db, group), { code: 'NotEmpty', message: /contains ports/ });
  });

  it('are found by address, node, shard and conductor group', async () => {
    const page = { sortKey: null, descending: false, marker: null, limit: 10 };
    const count = async (filters: Parameters<typeof portgroupTable.list>[1]['filters']) =>
      (await portgroupTable.list(database.pool, { texts: ['uuid'], filters, page, visibleTo: null })).length;
    assert.equal(await count({ address: '52:54:00:00:00:01' }), 1);
    assert.equal(await count({ address: '52:54:00:00:00:02' }), 0);
    assert.equal(await count({ nodeUuid: NODE }), 1);
    assert.equal(await count({ shards: ['s1', 's2'] }), 1);
    assert.equal(await count({ shards: ['s2'] }), 0);
    assert.equal(await count({ conductorGroups: ['g1'] }), 1);
    assert.equal(await count({ conductorGroups: ['g2'] }), 0);
  });
});

describe('runbook traits', () => {
  it('are a set in alphabetical order', async () => {
    const database = await createTestDatabase();
    const db = database.pool;
    const { row } = SUBJECTS.at(-1) as Subject;
    await runbookTable.insert(db, { ...(row as Parameters<typeof runbookTable.insert>[1]), uuid: ONE });
    await replaceRunbookTraits(db, { uuid: ONE, traits: ['CUSTOM_B', 'CUSTOM_A', 'CUSTOM_B'] });
    await addRunbookTrait(db, { uuid: ONE, trait: 'CUSTOM_C' });
    await addRunbookTrait(db, { uuid: ONE, trait: 'CUSTOM_A' });
    assert.deepEqual(await listRunbookTraits(db, ONE), ['CUSTOM_A', 'CUSTOM_B', 'CUSTOM_C']);
    await removeRunbookTrait(db, { uuid: ONE, trait: 'CUSTOM_B' });
    assert.deepEqual(await runbookTable.show(db, 'CUSTOM_A', ['traits']), ['["CUSTOM_A","CUSTOM_C"]']);
    await database.close();
  });
});
