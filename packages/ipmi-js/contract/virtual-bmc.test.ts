import assert from 'node:assert/strict';
import { aPair, anEcho, until } from '../test/support/pair.ts';
import type { Pair } from '../test/support/pair.ts';
import { installed, run } from './support/programs.ts';

const SERVER = {
  console: anEcho,
  watts: 120,
  cipherSuites: [3, 17, 1, 2, 6, 7, 8, 15, 16],
  sensors: [
    { number: 1, name: 'CPU Temp', type: 1, unit: 1, raw: 45, thresholds: { unc: 80, uc: 90 } },
    { number: 2, name: 'FAN1', type: 4, unit: 18, m: 100, raw: 42 },
  ],
  sel: [{ timestamp: 1_700_000_000, sensorType: 1, sensorNumber: 1, eventType: 1, data: [0x57, 90, 85] as const }],
  frus: [
    {
      board: { manufactured: new Date('2024-05-01T00:00:00Z'), manufacturer: 'Anneal', product: 'VB', serial: 'B1' },
      product: { manufacturer: 'Anneal', name: 'Virtual', serial: 'X9' },
    },
  ],
};

describe('virtual BMC', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await aPair(SERVER);
  });
  afterEach(() => pair.stop());
  const port = (): string => String(pair.server.address.port);

  describe('under ipmitool', () => {
    const ipmitool = async (...args: string[]): Promise<string> => {
      const { code, output } = await run(
        'ipmitool',
        ['-I', 'lanplus', '-H', '127.0.0.1', '-p', port(), '-U', 'admin', '-E', '-N', '2', ...args],
        { env: { IPMI_PASSWORD: 'secret' } },
      );
      assert.equal(code, 0, output);
      return output;
    };

    it('serves suites 1, 2, 3, 6, 7, 8, 15, 16 and 17', async () => {
      for (const suite of [1, 2, 3, 6, 7, 8, 15, 16, 17]) {
        assert.match(await ipmitool('-C', String(suite), 'chassis', 'power', 'status'), /Chassis Power is off/);
      }
    }).timeout(60_000);

    it('does each power action', async () => {
      for (const word of ['on', 'reset', 'diag', 'cycle', 'soft', 'off']) await ipmitool('chassis', 'power', word);
      assert.deepEqual(pair.machine.acts, ['on', 'reset', 'nmi', 'off', 'on', 'soft', 'off']);
    });

    it('takes the boot device with all its bits', async () => {
      await ipmitool('chassis', 'bootdev', 'pxe', 'options=efiboot,persistent');
      const { valid, persistent, efi, device } = pair.server.bootFlags.get();
      assert.deepEqual([valid, persistent, efi, device], [true, true, true, 'pxe']);
      await ipmitool('chassis', 'bootdev', 'none', 'clear-cmos=yes');
      assert.equal(pair.server.bootFlags.get().clearCmos, true);
      assert.match(await ipmitool('chassis', 'bootparam', 'get', '5'), /CMOS Clear/);
    });

    it('shows sensors, events and FRU', async () => {
      assert.match(await ipmitool('sdr'), /CPU Temp\s+\| 45 degrees C\s+\| ok[\s\S]*FAN1\s+\| 4200 RPM/);
      assert.match(await ipmitool('sel', 'elist'), /Temperature CPU Temp \| Upper Non-critical going high \| Asserted/);
      assert.match(await ipmitool('sel', 'clear'), /Clearing SEL/);
      assert.equal((await pair.bmc.sel.info()).entries, 0);
      assert.match(await ipmitool('fru'), /Board Mfg\s+: Anneal[\s\S]*Product Serial\s+: X9/);
    });

    it('lists users, LAN, session, power and resets the BMC', async () => {
      assert.match(await ipmitool('user', 'list', '1'), /2\s+admin.*ADMINISTRATOR/);
      assert.match(await ipmitool('lan', 'print', '1'), /IP Address\s+: 127\.0\.0\.1/);
      assert.match(await ipmitool('session', 'info', 'active'), /privilege level\s+: ADMINISTRATOR/);
      assert.match(await ipmitool('dcmi', 'power', 'reading'), /Instantaneous power reading:\s+120 Watts/);
      await ipmitool('mc', 'reset', 'cold');
      assert.match(await ipmitool('mc', 'info'), /IPMI Version\s+: 2\.0/);
    });

    it('sets the restore policy, serial over LAN, the power limit, the watchdog and a user', async () => {
      await ipmitool('chassis', 'policy', 'previous');
      assert.match(await ipmitool('chassis', 'status'), /Power Restore Policy : previous/);
      await ipmitool('sol', 'set', 'enabled', 'false', '1');
      assert.match(await ipmitool('sol', 'info', '1'), /Enabled\s+: false[\s\S]*Volatile Bit Rate \(kbps\)\s+: 115\.2/);
      // ipmitool reads the present limit before it sets another, so there has to be one.
      await pair.bmc.dcmi.setPowerLimit({ watts: 300 });
      await ipmitool('dcmi', 'power', 'set_limit', 'limit', '400');
      assert.match(await ipmitool('dcmi', 'power', 'get_limit'), /Power Limit:\s+400\s+Watts/);
      assert.match(await ipmitool('mc', 'watchdog', 'get'), /Watchdog Timer Is:\s+Stopped/);
      await ipmitool('user', 'set', 'name', '3', 'ops');
      assert.match(await ipmitool('user', 'list', '1'), /3\s+ops/);
    }).timeout(60_000);

    it('carries serial over LAN', async () => {
      const sol = `(sleep 1.5; printf 'hello-sol'; sleep 1; printf '\\r~.') | script -qc "ipmitool -I lanplus -H 127.0.0.1 -p ${port()} -U admin -E sol activate" /dev/null`;
      const { output } = await run('sh', ['-c', sol], { env: { IPMI_PASSWORD: 'secret' }, limitMs: 20_000 });
      assert.match(output, /SOL Session operational[\s\S]*hello-sol/);
    }).timeout(30_000);
  });

  it('works under pyghmi’s client', async () => {
    const script = new URL('./support/pyghmi-client.py', import.meta.url).pathname;
    const { code, output } = await run(installed('pyghmi', 'bin', 'python'), [script, port()], { limitMs: 60_000 });
    assert.equal(code, 0, output);
    assert.match(output, /power off\npower on\nboot network False True/);
    assert.match(output, /users \['admin'\]/);
    assert.match(output, /sensor \[\('CPU Temp', 45\.0\)\]/);
    assert.deepEqual(pair.machine.acts, ['on', 'nmi', 'soft']);
  }).timeout(90_000);

  it('works under go-ipmi’s client', async () => {
    const goipmi = async (...args: string[]): Promise<string> => {
      const session = ['-I', 'lanplus', '-H', '127.0.0.1', '-p', port(), '-U', 'admin', '-P', 'secret'];
      const { code, output } = await run(installed('bin', 'goipmi'), [...session, ...args]);
      assert.equal(code, 0, output);
      return output;
    };
    assert.match(await goipmi('chassis', 'status'), /off/i);
    await goipmi('chassis', 'power', 'on');
    await until(() => pair.machine.power === 'on');
    assert.match(await goipmi('sel', 'info'), /Entries\s*:\s*1/);
    assert.match(await goipmi('user', 'list'), /admin/);
  });
});
