import assert from 'node:assert/strict';
import { Transform } from 'node:stream';
import type { Duplex } from 'node:stream';
import { aPair } from '../test/support/pair.ts';
import { commands } from '../src/index.ts';
import { typeInto } from '../test/support/command-line.ts';
import type { Pair } from '../test/support/pair.ts';
import { installed, run } from './support/programs.ts';

/** A machine that answers in capitals, so that an echo on the way would show. */
function aShouter(): Duplex {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, chunk.toString('latin1').toUpperCase()),
  });
}

const SERVER = {
  console: aShouter,
  watts: 120,
  ranMinutes: 26 * 60,
  i2c: [
    {
      address: 0x50,
      transfer: ([from = 0]: Uint8Array, count: number) => Uint8Array.from({ length: count }, (_, i) => from + i),
    },
  ],
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

describe('virtual BMC', function () {
  // Each step is a process of another program, on machines that may be busy.
  this.timeout(300_000);
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
    });

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
      await ipmitool('dcmi', 'power', 'set_limit', 'limit', '400');
      const limit = await ipmitool('dcmi', 'power', 'get_limit');
      assert.match(limit, /No Active Power Limit[^]*Power Limit:\s+400\s+Watts/);
      await ipmitool('dcmi', 'power', 'activate');
      assert.match(await ipmitool('dcmi', 'power', 'get_limit'), /Power Limit Active/);
      assert.match(await ipmitool('mc', 'watchdog', 'get'), /Watchdog Timer Is:\s+Stopped/);
      await ipmitool('user', 'set', 'name', '3', 'ops');
      assert.match(await ipmitool('user', 'list', '1'), /3\s+ops/);
    });

    it('serves time, event filters, channel access, identify, power-on hours, raw I2C and the asset tag', async () => {
      assert.match(await ipmitool('sel', 'time', 'get'), /\d\d:\d\d:\d\d/);
      assert.match(await ipmitool('pef', 'info'), / 0x51 \| 4 \| 4 \|/);
      await ipmitool('channel', 'setaccess', '1', '3', 'ipmi=on', 'link=on', 'privilege=3');
      assert.match(await ipmitool('channel', 'getaccess', '1', '3'), /Privilege Level\s+: OPERATOR/);
      assert.match(await ipmitool('channel', 'info', '1'), /Access Mode\s+: always available/);
      await ipmitool('chassis', 'identify', 'force');
      assert.match(await ipmitool('chassis', 'poh'), /POH Counter\s+: 1 days, 2 hours/);
      assert.match(await ipmitool('i2c', 'bus=public', '0xa0', '4', '0x10'), /10 11 12 13/);
      await ipmitool('dcmi', 'set_asset_tag', 'rack-7');
      assert.match(await ipmitool('dcmi', 'asset_tag'), /rack-7/);
      assert.match(await ipmitool('dcmi', 'get_temp_reading'), /\+45 C/);
      assert.match(await ipmitool('dcmi', 'discover'), /Power management\s+available/i);
      assert.match(await ipmitool('mc', 'getenables'), /System Event Logging\s+: enabled/);
      // Its own word for this changes nothing: "Nothing to change...".
      await ipmitool('raw', '0x06', '0x2e', '0x00');
      assert.match(await ipmitool('mc', 'getenables'), /System Event Logging\s+: disabled/);
    });

    it('carries serial over LAN', async () => {
      const login = ['-I', 'lanplus', '-H', '127.0.0.1', '-p', port(), '-U', 'admin', '-E'];
      const steps = [
        { when: 'SOL Session operational', type: 'hello-sol\r' },
        { when: 'HELLO-SOL', type: '\r~.' },
      ];
      const { screen, left } = await typeInto(['ipmitool', ...login, 'sol', 'activate'], steps, {
        IPMI_PASSWORD: 'secret',
      });
      assert.equal(left, 0, screen);
      assert.match(screen, /terminated ipmitool/);
    });
  });

  describe('under pyghmi’s client', () => {
    const pyghmi = async (script: string): Promise<string> => {
      const file = new URL(`./support/${script}`, import.meta.url).pathname;
      const { code, output } = await run(installed('pyghmi', 'bin', 'python'), [file, port()], { limitMs: 90_000 });
      assert.equal(code, 0, output);
      return output;
    };

    it('serves power, boot device, diagnostic interrupt, sensors, FRU, events, users, DCMI and alert policies', async () => {
      const output = await pyghmi('pyghmi-client.py');
      assert.match(output, /power off\npower on\nboot network False True/);
      assert.match(output, /sensor \[\('CPU Temp', 45\.0\), \('FAN1', 4200\.0\)\]/);
      assert.match(output, /serial X9/);
      assert.match(output, /events \[\('CPU Temp', .*\)\]\nevents left 0/);
      assert.match(output, /users \[\('admin', 'administrator'\), \('snake', 'operator'\)\]\nusers \['admin'\]/);
      assert.match(output, /asset bought in 2026, rack 7\nchannel administrator/);
      assert.deepEqual(pair.machine.acts, ['on', 'nmi', 'soft', 'identify forever']);
      const request = { revisionOnly: false, parameter: 9, set: 1, block: 0 };
      const policy = await pair.bmc.command(commands.getPefConfiguration, request);
      assert.deepEqual([...policy.data], [1, 24, 0x12, 0]);
    });

    it('carries serial over LAN', async () => {
      assert.match(await pyghmi('pyghmi-console.py'), /TYPED BY PYGHMI/);
    });
  });

  it('serves go-ipmi’s client: power, boot device, events, sensors, FRU, users, serial over LAN', async () => {
    const { code, output } = await run(installed('bin', 'goipmi-client'), [port(), 'admin', 'secret'], {
      limitMs: 60_000,
    });
    assert.equal(code, 0, output);
    assert.match(output, /^power on=true reset=true nmi=true cycle=true soft=false off=false/m);
    assert.deepEqual(pair.machine.acts, ['on', 'reset', 'nmi', 'off', 'on', 'soft', 'off']);
    assert.match(output, /^boot valid=true persistent=true efi=true pxe=true/m);
    assert.match(output, /^events 1:sensor 1 at 1700000000 cleared to 0/m);
    assert.match(output, /^sensors CPU Temp=45\.000 degrees C.* FAN1=4200\.000 RPM/m);
    assert.match(output, /^inventory board Anneal B1 product Virtual X9/m);
    assert.match(output, /^users 2:admin 3:gopher/m);
    assert.match(output, /^console "TYPED BY GO-IPMI\\r"/m);
    const gopher = pair.another({ username: 'gopher', password: 'burrow' });
    await assert.rejects(gopher.getDeviceId(), { rmcpStatus: 0x0a }, 'the user is there, without access yet');
    await pair.bmc.users.setPrivilege(3, 'administrator');
    assert.equal((await gopher.getDeviceId()).deviceId, 0x20);
  });

  it('works under go-ipmi’s own command line', async () => {
    const login = ['-I', 'lanplus', '-H', '127.0.0.1', '-p', port(), '-U', 'admin', '-P', 'secret'];
    const { code, output } = await run(installed('bin', 'goipmi'), [...login, 'chassis', 'status']);
    assert.equal(code, 0, output);
    assert.match(output, /off/i);
  });
});
