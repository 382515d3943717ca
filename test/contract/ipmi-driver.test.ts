import assert from 'node:assert/strict';
import { IpmiClient } from 'ipmi-js';
import { createIpmiHardware } from '../../drivers/ipmi/hardware-type.ts';
import type { HardwareType } from '../../drivers/interfaces.ts';
import type { Node } from '../../domain/node.ts';
import { calling } from '../unit/drivers/a-node.ts';
import { aNode } from '../unit/drivers/ipmi/a-bmc.ts';
import { startIpmiSim, whyNoIpmiSim } from './ipmi-sim.ts';
import type { IpmiSim } from './ipmi-sim.ts';
import { until } from '../support/until.ts';

describe('the hardware type ipmi against ipmi_sim', () => {
  let sim: IpmiSim;
  let client: IpmiClient;
  let ipmi: HardwareType;

  before(async function () {
    const why = await whyNoIpmiSim();
    if (why !== undefined) {
      process.stderr.write(`ipmi_sim tests are skipped: ${why}\n`);
      this.skip();
    }
    sim = await startIpmiSim();
  });
  after(() => sim?.close());
  beforeEach(() => {
    client = new IpmiClient();
    ipmi = createIpmiHardware(client);
  });
  afterEach(() => client.close());

  const node = (driverInfo: Node['driverInfo'] = {}): Node =>
    aNode({
      name: 'sim-1',
      driverInfo: {
        ipmi_address: '127.0.0.1',
        ipmi_port: sim.port,
        ipmi_username: sim.username,
        ipmi_password: sim.password,
        ipmi_cipher_suite: 3,
        ...driverInfo,
      },
    });

  it('switches the machine on, off, and softly off', async () => {
    const context = calling(node());
    assert.equal(await ipmi.power.getPowerState(context), 'power off');
    await ipmi.power.setPowerState(context, 'power on');
    assert.equal(await ipmi.power.getPowerState(context), 'power on');
    await ipmi.power.requestSoftOff(context);
    assert.equal(await ipmi.power.getPowerState(context), 'power off');
    await ipmi.power.setPowerState(context, 'power on');
    await ipmi.power.setPowerState(context, 'power off');
    assert.equal(await ipmi.power.getPowerState(context), 'power off');
    assert.deepEqual(await sim.orders(), ['power 1', 'shutdown 1', 'power 1', 'power 0']);
  });

  it('falls back from suite 17, which this BMC does not have, to suite 3', async () => {
    assert.equal(await ipmi.power.getPowerState(calling(node({ ipmi_cipher_suite: null }))), 'power off');
  });

  it('says that the password is wrong', async () => {
    await assert.rejects(ipmi.power.getPowerState(calling(node({ ipmi_password: 'nonsense' }))), {
      code: 'BmcAuthFailed',
      message:
        /^Node sim-1: reading the power state failed, the BMC at 127\.0\.0\.1:\d+ refused the login; correct driver_info/,
    });
  });

  it('says that a BMC dropped boot flags, as this one does', async () => {
    const selection = { device: 'pxe', persistent: true, uefi: true, clearCmos: true } as const;
    await assert.rejects(ipmi.management.setBootSelection(calling(node()), selection), {
      code: 'BootDeviceNotKept',
      message: /told to boot from pxe, for every boot, UEFI, clear CMOS but reads back /,
    });
    assert.ok((await sim.orders()).includes('boot pxe'));
  });

  it('sends raw bytes and gives what came back, or the completion code', async () => {
    const send = (raw_bytes: string) => {
      const { interfaces, ...rest } = node();
      const context = calling({ ...rest, interfaces: { ...interfaces, vendor: 'ipmitool' } });
      return ipmi.vendor?.call(context, 'send_raw', { raw_bytes });
    };
    // Get Device ID (IPMI v2.0 §20.1): firmware 9.8, the third and fourth byte, is that of the emulation.
    assert.match(((await send('0x06 0x01')) as { data: string }).data, /^....0908/);
    await assert.rejects(Promise.resolve(send('0x06 0x7f')), {
      code: 'BmcRefused',
      message: /^Node sim-1: the BMC refused the raw command: completion code C1h/,
    });
  });

  it('attaches to the serial console, and takes it from whoever has it', async () => {
    const open = async () => (await ipmi.serialConsole?.open(calling(node()))) ?? assert.fail('no serial console');
    const [first, second] = [await open(), await open()];
    let text = '';
    second.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
    // The relay of ipmi_sim looks for the serial port every so often.
    await until('a pong', () => {
      second.write('ping');
      return text.includes('pong');
    });
    for (const stream of [first, second]) await new Promise((resolve) => stream.once('close', resolve).destroy());
  });

  it('says that the BMC cannot send an NMI, as this one cannot', async () => {
    await assert.rejects(ipmi.management.injectNmi(calling(node())), {
      code: 'BmcRefused',
      message: /^Node sim-1: sending an NMI failed, the BMC at .*CCh/,
    });
  });
});
