import assert from 'node:assert/strict';
import {
  deleteNetwork,
  getNetworkByNameOrUuid,
  getNetworkForPurpose,
  insertNetwork,
  listNetworks,
} from '../../../db/networks.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import type { TestDatabase } from '../../support/postgres.ts';

describe('networks', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  it('are found by name and by uuid', async () => {
    const made = await insertNetwork(database.pool, { name: 'tenant-a', vlan: 200, owner: 'a' });
    assert.deepEqual(await getNetworkByNameOrUuid(database.pool, 'tenant-a'), made);
    assert.deepEqual(await getNetworkByNameOrUuid(database.pool, made.uuid.toUpperCase()), made);
    assert.equal(await getNetworkByNameOrUuid(database.pool, 'tenant-b'), undefined);
  });

  it('serve Anneal by their purpose; inspection, rescue and service by provisioning without one of their own', async () => {
    await insertNetwork(database.pool, { name: 'prov', vlan: 100, purpose: 'provisioning' });
    for (const purpose of ['provisioning', 'inspection', 'rescuing', 'servicing'] as const)
      assert.equal((await getNetworkForPurpose(database.pool, purpose))?.name, 'prov');
    assert.equal(await getNetworkForPurpose(database.pool, 'cleaning'), undefined);
    await insertNetwork(database.pool, { name: 'insp', vlan: 102, purpose: 'inspection' });
    assert.equal((await getNetworkForPurpose(database.pool, 'inspection'))?.name, 'insp');
  });

  it('have a name and a purpose of their own', async () => {
    await insertNetwork(database.pool, { name: 'parked', vlan: 4094, purpose: 'parked' });
    const duplicate = insertNetwork(database.pool, { name: 'parked', vlan: 7 });
    await assert.rejects(duplicate, { code: 'DuplicateName', message: 'A network named "parked" exists already.' });
    await assert.rejects(insertNetwork(database.pool, { name: 'lot', vlan: 8, purpose: 'parked' }), {
      code: 'DuplicateName',
      message: 'A network named "lot" exists already or another network has the purpose parked.',
    });
  });

  it('are listed by name and can be deleted', async () => {
    await insertNetwork(database.pool, { name: 'b', vlan: 2 });
    const { uuid } = await insertNetwork(database.pool, { name: 'a', vlan: 1 });
    assert.deepEqual(
      (await listNetworks(database.pool)).map((network) => network.name),
      ['a', 'b'],
    );
    assert.equal(await deleteNetwork(database.pool, uuid), true);
    assert.equal(await deleteNetwork(database.pool, uuid), false);
  });

  it('are deleted one at a time, also when a name is the uuid of another', async () => {
    const { uuid } = await insertNetwork(database.pool, { name: 'a', vlan: 1 });
    await insertNetwork(database.pool, { name: uuid, vlan: 2 });
    assert.equal(await deleteNetwork(database.pool, uuid), true);
    assert.equal((await getNetworkByNameOrUuid(database.pool, uuid))?.name, 'a');
  });
});
