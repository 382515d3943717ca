import assert from 'node:assert/strict';
import { IpmiClient } from '../../src/index.ts';
import { VirtualBmc } from '../../src/server/index.ts';
import { aMachine, until } from '../support/pair.ts';

const COUNT = 1_000;

describe('1,000 virtual BMCs in one process', () => {
  it('answer each for their own machine, and have no session left', async () => {
    const fleet = Array.from({ length: COUNT }, (_, index) => {
      const machine = aMachine();
      if (index % 3 === 0) machine.power = 'on';
      const users = [{ name: 'admin', password: `secret-${index}` }];
      return { machine, index, server: new VirtualBmc({ port: 0, users, chassis: machine }) };
    });
    const client = new IpmiClient({});
    try {
      await Promise.all(fleet.map(({ server }) => server.start()));
      const turns = fleet.values();
      const sweep = async (): Promise<void> => {
        for (const { server, machine, index } of turns) {
          const { host, port } = server.address;
          const bmc = client.bmc({ host, port, username: 'admin', password: `secret-${index}` });
          assert.equal((await bmc.getChassisStatus()).powerOn, index % 3 === 0);
          await bmc.chassisControl(index % 3 === 0 ? 'reset' : 'on');
          assert.equal(machine.acts.length, 1);
          await bmc.close();
        }
      };
      await Promise.all(Array.from({ length: 32 }, sweep));
      assert.ok(fleet.every(({ machine }) => machine.power === 'on'));
      await until(() => fleet.every(({ server }) => server.sessionCount === 0));
    } finally {
      await client.close();
      await Promise.all(fleet.map(({ server }) => server.stop()));
    }
  }).timeout(120_000);
});
