import assert from 'node:assert/strict';
import { pino } from 'pino';
import { getFakeSwitchVlan } from '../../../../db/fake-switch-ports.ts';
import { upsertSwitch } from '../../../../db/switches.ts';
import { createDrivers } from '../../../../drivers/hardware-types.ts';
import type { Drivers } from '../../../../drivers/hardware-types.ts';
import type { LocalLinkConnection, Node } from '../../../../domain/node.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import type { TestDatabase } from '../../../support/postgres.ts';
import { aPort, calling, insertTestNode } from '../a-node.ts';

describe('the network interface switch', () => {
  let database: TestDatabase;
  let drivers: Drivers;
  let node: Node;
  before(async () => {
    database = await createTestDatabase();
    drivers = createDrivers({ db: database.pool, log: pino({ level: 'silent' }) });
    node = await insertTestNode(database.pool, { name: 'rack1', network: 'switch' });
  });
  beforeEach(async () => {
    const settings = { ports: ['e1'], switch_id: 'aa:bb:cc:dd:ee:01' };
    await upsertSwitch(database.pool, { name: 'leaf-1', driver: 'fake', settings });
  });
  after(async () => {
    await drivers.close();
    await database.close();
  });

  const flip = (localLinkConnection: LocalLinkConnection, vlan = 100) =>
    drivers.network(node).ensurePortVlan(calling(node), aPort(node, { localLinkConnection }), vlan);

  it('sets the port of the switch that switch_info names', async () => {
    assert.deepEqual(await flip({ switch_info: 'leaf-1', port_id: 'e1' }, 101), { vlan: 101 });
    assert.equal(await getFakeSwitchVlan(database.pool, 'leaf-1', 'e1'), 101);
  });

  it('finds the switch by its switch_id when it has no name', async () => {
    assert.deepEqual(await flip({ switch_id: 'AA:BB:CC:DD:EE:01', port_id: 'e1' }, 102), { vlan: 102 });
  });

  it('says what is missing of local_link_connection', async () => {
    const message =
      'Port 52:54:00:00:00:01 does not say which switch port it is plugged into: local_link_connection needs switch_info (or switch_id) and port_id.';
    for (const link of [{}, { switch_info: 'leaf-1' }, { port_id: 'e1' }]) {
      await assert.rejects(flip(link), { code: 'MissingParameterValue', message });
    }
  });

  it('names the switches there are when asked for another', async () => {
    await assert.rejects(flip({ switch_info: 'leaf-7', port_id: 'e1' }), {
      code: 'SwitchNotFound',
      message:
        'No switch "leaf-7" is configured; there are leaf-1. Correct local_link_connection/switch_info, or add the switch (PUT /anneal/v1/switches/{name}).',
    });
  });

  it('names the port that the switch does not have', async () => {
    await assert.rejects(flip({ switch_info: 'leaf-1', port_id: 'e9' }), {
      code: 'SwitchPortNotFound',
      message: 'Switch leaf-1 has no port "e9"; check local_link_connection/port_id.',
    });
  });

  it('refuses a switch port that another node claims too', async () => {
    const other = await insertTestNode(database.pool);
    const link = { switch_info: 'leaf-1', port_id: 'e1' };
    await database.pool.query(
      'insert into ports (uuid, node_uuid, address, local_link_connection) values (gen_random_uuid(), $1, $2, $3)',
      [other.uuid, '52:54:00:00:00:99', { ...link, switch_id: 'x' }],
    );
    await assert.rejects(flip(link), {
      code: 'InvalidParameterValue',
      message:
        'Port 52:54:00:00:00:01 says that it is plugged into port e1 of switch leaf-1, and so does port 52:54:00:00:00:99 of another node; correct local_link_connection of one of them.',
    });
    await database.pool.query('delete from ports');
    await flip(link);
  });

  it('leaves ports and VLANs alone that the switch does not allow', async () => {
    const settings = { ports: ['e1', 'uplink'], allowed_ports: ['e*'], allowed_vlans: [100, 101] };
    await upsertSwitch(database.pool, { name: 'leaf-1', driver: 'fake', settings });
    await assert.rejects(flip({ switch_info: 'leaf-1', port_id: 'uplink' }), {
      code: 'SwitchRefused',
      message:
        'Nothing was changed: port "uplink" of switch leaf-1 is not among its allowed_ports (e*). Correct the port, or the switch\'s settings.',
    });
    await assert.rejects(flip({ switch_info: 'leaf-1', port_id: 'e1' }, 300), {
      code: 'SwitchRefused',
      message: /VLAN 300 is not among the allowed_vlans \(100, 101\) of switch leaf-1/,
    });
    assert.deepEqual(await flip({ switch_info: 'leaf-1', port_id: 'e1' }, 101), { vlan: 101 });
  });

  it('uses new settings of a switch at once', async () => {
    await flip({ switch_info: 'leaf-1', port_id: 'e1' });
    await upsertSwitch(database.pool, { name: 'leaf-1', driver: 'fake', settings: { ports: ['e1'], down: true } });
    await assert.rejects(flip({ switch_info: 'leaf-1', port_id: 'e1' }), { code: 'SwitchUnreachable' });
  });

  it('refuses a switch whose driver does not exist', async () => {
    await upsertSwitch(database.pool, { name: 'leaf-1', driver: 'ios', settings: {} });
    await assert.rejects(flip({ switch_info: 'leaf-1', port_id: 'e1' }), {
      code: 'InvalidParameterValue',
      message: 'Switch leaf-1 has the driver "ios", which does not exist; drivers are ovs, fake.',
    });
  });

  it('tells by validate which port is not plugged in', async () => {
    const fake = drivers.hardwareType('fake-hardware');
    const ports = [aPort(node, { localLinkConnection: { switch_info: 'leaf-8', port_id: 'e1' } })];
    assert.match((await fake.validate(node, ports))['network'] ?? '', /^No switch "leaf-8" is configured/);
    assert.deepEqual(await fake.validate(node, []), {});
  });
});
