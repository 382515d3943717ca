import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createDrivers } from '../../../drivers/hardware-types.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import type { TestDatabase } from '../../support/postgres.ts';
import { aPort, calling, insertTestNode } from './a-node.ts';

const log = pino({ level: 'silent' });

describe('the registry of hardware types', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  it('names what it has when asked for another', () => {
    const drivers = createDrivers({ db: database.pool, log, settings: { hardwareTypes: ['fake-hardware'] } });
    assert.throws(() => drivers.hardwareType('ilo'), {
      code: 'DriverNotFound',
      message: 'No hardware type "ilo" here; this worker offers fake-hardware.',
    });
  });

  it('refuses to start with a hardware type that it does not know', () => {
    assert.throws(() => createDrivers({ db: database.pool, log, settings: { hardwareTypes: ['fake-hardwear'] } }), {
      code: 'DriverNotFound',
    });
  });

  it('offers the interfaces that are enabled, in that order, and refuses to start when none is left', () => {
    const settings = (rescue: string[]) => ({ hardwareTypes: ['fake-hardware'], enabledInterfaces: { rescue } });
    const drivers = createDrivers({ db: database.pool, log, settings: settings(['agent', 'no-rescue', 'fake']) });
    assert.deepEqual(drivers.hardwareType('fake-hardware').interfaces['rescue'], ['no-rescue', 'fake']);
    assert.throws(() => createDrivers({ db: database.pool, log, settings: settings(['agent']) }), {
      code: 'InvalidParameterValue',
      message:
        'Hardware type fake-hardware has no enabled rescue interface: it knows fake, no-rescue, and ANNEAL_ENABLED_RESCUE_INTERFACES names agent.',
    });
  });

  it('gives a node the network interface that it names, and refuses an unknown one', async () => {
    const drivers = createDrivers({ db: database.pool, log });
    const node = await insertTestNode(database.pool);
    assert.equal(drivers.network(node).setsVlans, false);
    assert.deepEqual(await drivers.network(node).ensurePortVlan(calling(node), aPort(node), 100), { vlan: null });
    const odd = await insertTestNode(database.pool, { name: 'odd', network: 'toString' });
    assert.throws(() => drivers.network(odd), {
      code: 'InvalidParameterValue',
      message: 'Node odd has the network interface "toString", which fake-hardware does not offer.',
    });
  });
});
