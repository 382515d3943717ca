import assert from 'node:assert/strict';
import { IpmiClient } from 'ipmi-js';
import type { JsonObject } from '../../../../domain/node.ts';
import { createIpmiHardware } from '../../../../drivers/ipmi/hardware-type.ts';
import type { HardwareType } from '../../../../drivers/interfaces.ts';
import { calling } from '../a-node.ts';
import { ipmiNode, startBmc } from './a-bmc.ts';
import type { BmcUnderTest } from './a-bmc.ts';

describe('vendor methods of the hardware type ipmi', () => {
  let client: IpmiClient;
  let ipmi: HardwareType;
  let world: BmcUnderTest;
  beforeEach(async () => {
    client = new IpmiClient();
    ipmi = createIpmiHardware(client, { deadlineMs: 2000 });
    world = await startBmc();
  });
  afterEach(async () => {
    await client.close();
    await world.bmc.stop();
  });

  const context = (vendor = 'ipmi') => {
    const node = ipmiNode(world.bmc);
    return calling({ ...node, interfaces: { ...node.interfaces, vendor } });
  };
  const call = async (method: string, args: JsonObject, vendor?: string) =>
    await ipmi.vendor?.call(context(vendor), method, args);

  it('send raw bytes, under both names of the interface', async () => {
    for (const vendor of ['ipmi', 'ipmitool']) {
      const answer = (await call('send_raw', { raw_bytes: '0x00 0x01' }, vendor)) as { data: string };
      assert.match(answer.data, /^([0-9a-f]{2}){3,}$/);
    }
  });

  it('tell a refused command by its completion code', async () => {
    world.bmc.faults.codes = { '2e/01': 0xc1 };
    await assert.rejects(call('send_raw', { raw_bytes: '0x2e 0x01 0x99' }), {
      code: 'BmcRefused',
      message: 'Node rack1: the BMC refused the raw command: completion code C1h.',
    });
  });

  it('send raw bytes once, also when the answer is lost', async () => {
    await ipmi.power.getPowerState(context());
    world.bmc.faults.lossOut = 1;
    await assert.rejects(call('send_raw', { raw_bytes: '0x00 0x02 0x03' }), {
      code: 'BmcUnreachable',
      message: /did not say whether it took the command/,
    });
    assert.deepEqual(world.machine.orders, ['reset']);
  });

  it('reset the BMC, after which it answers again', async () => {
    for (const args of [{}, { warm: false }, { warm: 'true' }]) {
      await call('bmc_reset', args);
      assert.equal(await ipmi.power.getPowerState(context()), 'power off');
    }
    await assert.rejects(call('bmc_reset', { warm: 'lukewarm' }), { code: 'InvalidParameterValue' });
  });

  it('are not there for a node without them', async () => {
    await assert.rejects(call('send_raw', { raw_bytes: '0x00 0x01' }, 'no-vendor'), {
      code: 'UnsupportedDriverExtension',
      message: 'Node rack1: the vendor interface no-vendor has no method send_raw.',
    });
    await assert.rejects(call('constructor', {}), { code: 'UnsupportedDriverExtension' });
  });

  it('send raw bytes as a step, too, that no recipe tries twice', async () => {
    for (const kind of ['clean', 'deploy', 'service'] as const) {
      const [step] = ipmi.steps.offered[kind];
      assert.deepEqual([step?.step, step?.repeatable, step?.requiresRamdisk], ['send_raw', false, false]);
    }
    const step = { interface: 'vendor', step: 'send_raw', priority: 0, args: { raw_bytes: '0x00 0x02 0x03' } } as const;
    await ipmi.steps.run(context(), step);
    assert.deepEqual(world.machine.orders, ['reset']);
  });
});
