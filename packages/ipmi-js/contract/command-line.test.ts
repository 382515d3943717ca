import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ipmiJs, onTerminal } from '../test/support/command-line.ts';
import { startIpmiSim } from './support/ipmi-sim.ts';
import type { IpmiSim } from './support/ipmi-sim.ts';
import { freeUdpPort, run } from './support/programs.ts';

const ENV = { IPMI_PASSWORD: 'test' };

describe('the ipmi-js command against OpenIPMI ipmi_sim', function () {
  this.timeout(120_000);
  let sim: IpmiSim;
  before(async () => {
    sim = await startIpmiSim();
  });
  after(async () => {
    await said('power', 'off').catch(() => {});
    await sim.stop();
  });

  const login = (): string[] => ['-H', '127.0.0.1', '-p', String(sim.port), '-U', 'ipmiusr'];

  async function said(...words: string[]): Promise<string> {
    const { code, out, err } = await ipmiJs([...login(), ...words], ENV);
    assert.equal(code, 0, err);
    return out.trim();
  }

  const ipmitool = (...words: string[]) =>
    run('ipmitool', ['-I', 'lanplus', '-C', '3', '-E', ...login(), ...words], { env: ENV });

  it('says what ipmitool says', async () => {
    for (const line of ['power status', 'raw 0x06 0x01', 'raw 0x06 0x37', 'power off']) {
      const words = line.split(' ');
      const { code, output } = await ipmitool(...words);
      assert.equal(code, 0, output);
      assert.equal(await said(...words), output.trim().replaceAll(/\s*\n\s*/g, ' '), line);
    }
  });

  it('fails where ipmitool fails', async () => {
    for (const line of ['raw 0x06 0x04', 'chassis identify 5', 'power diag']) {
      const words = line.split(' ');
      assert.notEqual((await ipmitool(...words)).code, 0, line);
      const { code, err } = await ipmiJs([...login(), ...words], ENV);
      assert.equal(code, 1, line);
      assert.match(err, /C[1C]h/, line);
    }
  });

  it('tells events, sensors, users and the BMC as JSON', async () => {
    const told = async (...words: string[]): Promise<unknown> => JSON.parse(await said('--json', ...words));
    assert.deepEqual(await told('sel', 'list'), []);
    const [sensor] = (await told('sdr', 'list')) as { name: string; value: number }[];
    assert.deepEqual([sensor?.name, sensor?.value], ['CPU T1', 45]);
    const users = (await told('user', 'list')) as { name: string }[];
    assert.equal(users[1]?.name, 'ipmiusr');
    assert.equal(((await told('mc', 'info')) as { manufacturerId: number }).manufacturerId, 0x1291);
  });

  it('sweeps: on what is on, and a failure where nobody answers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ipmi-js-'));
    try {
      const [here, nobody] = [`127.0.0.1:${sim.port}`, `127.0.0.1:${await freeUdpPort()}`];
      await writeFile(join(folder, 'bmcs'), `${here}\n${nobody}\n`);
      const { code, out } = await ipmiJs(['-U', 'ipmiusr', '--json', 'sweep', join(folder, 'bmcs')], ENV);
      const readings = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { bmc: string; power: string | null });
      assert.equal(code, 1);
      assert.equal(readings.find(({ bmc }) => bmc === here)?.power, 'off');
      assert.equal(readings.find(({ bmc }) => bmc === nobody)?.power, null);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('shows the serial console of a machine that boots', async () => {
    await said('power', 'on');
    // ipmi_sim looks for the serial socket of the machine every 10 s only.
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    const console = onTerminal(
      [...login(), 'sol'],
      [
        { when: 'Password: ', type: 'test\r' },
        { when: 'No bootable device', type: '\r~.' },
      ],
    );
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await said('power', 'reset');
    const { screen, code, left } = await console;
    assert.deepEqual([code, left], [0, 0], screen);
    assert.match(screen, /SeaBIOS \(version/);
    assert.equal(await said('power', 'off'), 'Chassis Power Control: Down/Off');
  });
});
