import assert from 'node:assert/strict';
import { getFakeSwitchVlan, setFakeSwitchVlan } from '../../../../db/fake-switch-ports.ts';
import { upsertSwitch } from '../../../../db/switches.ts';
import { createFakeSwitch } from '../../../../drivers/switch/fake-switch.ts';
import { itIsASwitch } from '../../../contract/switch.contract.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import type { TestDatabase } from '../../../support/postgres.ts';

describe('the fake switch', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());
  beforeEach(async () => {
    await database.pool.query('delete from switches');
    await upsertSwitch(database.pool, { name: 'leaf', driver: 'fake', settings: {} });
  });

  itIsASwitch(() => ({
    driver: createFakeSwitch(database.pool, 'leaf', { ports: ['p1', 'p2'] }),
    ports: ['p1', 'p2'],
    look: async (portId) => (await getFakeSwitchVlan(database.pool, 'leaf', portId)) ?? null,
    meddle: (portId, vlan) => setFakeSwitchVlan(database.pool, { switchName: 'leaf', portId, vlan }),
  }));

  it('says when it is down', async () => {
    const down = createFakeSwitch(database.pool, 'leaf', { ports: ['p1'], down: true });
    await assert.rejects(down.getPortVlan('p1', AbortSignal.timeout(1000)), {
      code: 'SwitchUnreachable',
      message: 'Switch leaf does not answer (settings/down).',
    });
  });

  it('names the setting that does not fit', () => {
    assert.throws(() => createFakeSwitch(database.pool, 'leaf', { ports: 'p1' }), {
      code: 'InvalidParameterValue',
      message: /^The settings of switch leaf do not fit: .*ports/s,
    });
  });
});
