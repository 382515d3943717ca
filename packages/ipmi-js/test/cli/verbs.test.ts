import assert from 'node:assert/strict';
import { UsageError } from '../../src/cli/verb.ts';
import type { CliAnswer } from '../../src/cli/verb.ts';
import { VERBS, runVerb } from '../../src/cli/verbs.ts';
import { aPair, anEcho } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

/** A line as it is typed, what it shows people, and what it did or gives programs. */
interface Case {
  readonly typed: string;
  readonly shows: RegExp;
  readonly holds?: (pair: Pair, value: unknown) => void;
}

const acts =
  (...names: string[]) =>
  ({ machine }: Pair): void =>
    assert.deepEqual(machine.acts, names);

const gives =
  (wanted: object) =>
  (_: Pair, value: unknown): void =>
    assert.deepEqual(value, wanted);

const has =
  (wanted: object) =>
  (_: Pair, value: unknown): void => {
    for (const [name, field] of Object.entries(wanted))
      assert.deepEqual((value as Record<string, unknown>)[name], field);
  };

const powerCases = (prefix: string): Record<string, Case> => ({
  [`${prefix} status`]: {
    typed: `${prefix} status`,
    shows: /^Chassis Power is off$/,
    holds: gives({ powerOn: false }),
  },
  [`${prefix} on`]: { typed: `${prefix} on`, shows: /^Chassis Power Control: Up\/On$/, holds: acts('on') },
  [`${prefix} off`]: { typed: `${prefix} off`, shows: /^Chassis Power Control: Down\/Off$/, holds: acts('off') },
  [`${prefix} cycle`]: { typed: `${prefix} cycle`, shows: /^Chassis Power Control: Cycle$/, holds: acts('off', 'on') },
  [`${prefix} reset`]: { typed: `${prefix} reset`, shows: /^Chassis Power Control: Reset$/, holds: acts('reset') },
  [`${prefix} diag`]: { typed: `${prefix} diag`, shows: /^Chassis Power Control: Diag$/, holds: acts('nmi') },
  [`${prefix} soft`]: { typed: `${prefix} soft`, shows: /^Chassis Power Control: Soft$/, holds: acts('soft') },
});

const bootCase = (name: string): Case => ({
  typed: `${name} pxe options=efiboot,persistent`,
  shows: /^Set Boot Device to pxe$/,
  holds: ({ server }) => {
    const { device, efi, persistent, clearCmos } = server.bootFlags.get();
    assert.deepEqual([device, efi, persistent, clearCmos], ['pxe', true, true, false]);
  },
});

const SEL_LINE = /^1 \| 2021-01-14T08:25:36.000Z \| Temperature #1 \| Upper Critical going high asserted$/;
const SDR_LINE = /^CPU Temp\s+\| 45 degrees C \| ok$/;
const FRU = /^board\s*: .*"serial":"B1"/m;
const LAN = /^ip\s*: 127\.0\.0\.1$/m;
const USERS = /^2 \| admin \| enabled \| administrator$/m;

/** Every verb once. */
const CASES: Readonly<Record<string, Case>> = {
  ...powerCases('power'),
  ...powerCases('chassis power'),
  bootdev: bootCase('bootdev'),
  'chassis bootdev': bootCase('chassis bootdev'),
  'chassis bootparam get 5': {
    typed: 'chassis bootparam get 5',
    shows: /^device\s*: none$/m,
    holds: has({ valid: false }),
  },
  'chassis status': { typed: 'chassis status', shows: /^powerOn\s*: false$/m, holds: has({ restorePolicy: 'off' }) },
  'chassis identify': {
    typed: 'chassis identify force',
    shows: /^Chassis identify interval: indefinite$/,
    holds: acts('identify forever'),
  },
  'chassis poh': {
    typed: 'chassis poh',
    shows: /^POH Counter {2}: 1 days, 2 hours$/,
    holds: gives({ days: 1, hours: 2 }),
  },
  'chassis policy': {
    typed: 'chassis policy previous',
    shows: /^Set chassis power restore policy to previous$/,
    holds: gives({ policy: 'previous' }),
  },
  'chassis restart_cause': { typed: 'chassis restart_cause', shows: /^System restart cause: unknown$/ },
  sel: { typed: 'sel', shows: /^entries\s*: 1$/m },
  'sel info': { typed: 'sel info', shows: /^entries\s*: 1$/m, holds: has({ entries: 1 }) },
  'sel list': { typed: 'sel list', shows: SEL_LINE },
  'sel elist': { typed: 'sel elist', shows: /\| Temperature CPU Temp \| Upper Critical going high asserted$/ },
  'sel delete': { typed: 'sel delete 1', shows: /^Deleted entry 1$/, holds: gives({ deleted: 1 }) },
  'sel clear': { typed: 'sel clear', shows: /^SEL cleared$/, holds: gives({ cleared: true }) },
  'sel time get': { typed: 'sel time get', shows: new RegExp(`^${new Date().getUTCFullYear()}-`) },
  'sel time set': { typed: 'sel time set 2031-05-06T07:08:09Z', shows: /^2031-05-06T07:08:09.000Z$/ },
  sdr: { typed: 'sdr', shows: SDR_LINE },
  'sdr list': { typed: 'sdr list', shows: SDR_LINE },
  'sdr info': { typed: 'sdr info', shows: /^records\s*: 1$/m },
  'sensor list': {
    typed: 'sensor list',
    shows: /^CPU Temp\s+\| 45 degrees C \| ok \| na \| na \| na \| 80 \| 90 \| na$/,
  },
  'sensor get': { typed: 'sensor get CPU+Temp', shows: /^value\s*: 45$/m, holds: has({ unit: 'degrees C' }) },
  fru: { typed: 'fru', shows: FRU },
  'fru print': { typed: 'fru print 0', shows: FRU },
  lan: { typed: 'lan', shows: LAN },
  'lan print': { typed: 'lan print 1', shows: LAN, holds: has({ source: 'static' }) },
  'lan set': {
    typed: 'lan set 1 defgw ipaddr 10.0.0.254',
    shows: /^gateway\s*: 10\.0\.0\.254$/,
    holds: gives({ gateway: '10.0.0.254' }),
  },
  'channel info': { typed: 'channel info', shows: /^medium\s*: 4$/m },
  'channel getaccess': { typed: 'channel getaccess 1', shows: /^mode\s*: always$/m },
  user: { typed: 'user', shows: USERS },
  'user list': { typed: 'user list 1', shows: USERS },
  'user set name': { typed: 'user set name 3 ops', shows: /^User 3 is called ops$/ },
  'user set password': { typed: 'user set password 3', shows: /^Set User Password command successful \(user 3\)$/ },
  'user test': { typed: 'user test 2', shows: /password is wrong/, holds: gives({ right: false }) },
  'user enable': { typed: 'user enable 3', shows: /^User 3 is enabled$/ },
  'user disable': { typed: 'user disable 3', shows: /^User 3 is disabled$/ },
  'user priv': {
    typed: 'user priv 3 4',
    shows: /^Set Privilege Level command successful \(user 3\)$/,
    holds: gives({ id: 3, privilege: 'administrator' }),
  },
  'mc info': { typed: 'mc info', shows: /^deviceId\s*: 32$[^]*^auxiliaryFirmware\s*: 00000000$/m },
  'mc guid': { typed: 'mc guid', shows: /^System GUID {2}: (0f){16}$/ },
  'mc selftest': { typed: 'mc selftest', shows: /^Selftest: passed$/ },
  'mc watchdog get': { typed: 'mc watchdog get', shows: /^running\s*: false$/m },
  'mc reset warm': { typed: 'mc reset warm', shows: /^Sent warm reset command to MC$/ },
  'mc reset cold': { typed: 'mc reset cold', shows: /^Sent cold reset command to MC$/ },
  'session info active': { typed: 'session info active', shows: /^userId\s*: 2$/m },
  'dcmi power reading': { typed: 'dcmi power reading', shows: /^watts\s*: 120$/m },
  'dcmi power get_limit': { typed: 'dcmi power get_limit', shows: /^watts\s*: 300$/m },
  'dcmi power set_limit limit': { typed: 'dcmi power set_limit limit 400', shows: /^watts\s*: 400$/m },
  'dcmi power deactivate': { typed: 'dcmi power deactivate', shows: /^Power limit successfully deactivated$/ },
  'sol deactivate': { typed: 'sol deactivate', shows: /^The console is free$/ },
  raw: {
    typed: 'raw 0x06 0x37',
    shows: /^0f( 0f){15}$/,
    holds: gives({ data: Array.from({ length: 16 }, () => '0f') }),
  },
};

const SERVER = {
  guid: new Uint8Array(16).fill(0x0f),
  watts: 120,
  ranMinutes: 26 * 60,
  console: anEcho,
  sensors: [{ number: 1, name: 'CPU Temp', type: 1, unit: 1, raw: 45, thresholds: { unc: 80, uc: 90 } }],
  sel: [{ timestamp: 0x6000_0000, sensorType: 1, sensorNumber: 1, eventType: 1, data: [0x59, 95, 90] as const }],
  frus: [{ board: { serial: 'B1' } }],
};

describe('the verbs of the command line', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await aPair(SERVER);
  });
  afterEach(() => pair.stop());

  /** Types a line; + stands for a space within a word. */
  const say = (line: string): Promise<CliAnswer> =>
    runVerb(
      { bmc: pair.bmc, secret: async (variable) => `${variable}-secret`.slice(0, 20) },
      line.split(' ').map((word) => word.replaceAll('+', ' ')),
    );

  it('are all tried here', () => assert.deepEqual(Object.keys(CASES).toSorted(), Object.keys(VERBS).toSorted()));

  for (const [name, { typed, shows, holds }] of Object.entries(CASES)) {
    it(name, async () => {
      // Some verbs take away what must be there first.
      await pair.bmc.dcmi.setPowerLimit({ watts: 300 });
      const console = await pair.another().openSol();
      try {
        const { lines, value } = await say(typed);
        assert.match(lines.join('\n'), shows);
        holds?.(pair, value);
        assert.doesNotThrow(() => JSON.parse(JSON.stringify(value)) as unknown, 'it can be told as JSON');
      } finally {
        console.destroy();
      }
    });
  }

  it('set passwords that work, and test them', async () => {
    await say('user set name 3 ops');
    await say('user set password 3');
    await say('user priv 3 administrator');
    await say('user enable 3');
    assert.deepEqual((await say('user test 3')).value, { right: true });
    const ops = pair.another({ username: 'ops', password: 'IPMI_USER_PASSWORD-s' });
    assert.equal((await ops.getDeviceId()).deviceId, 0x20);
  });

  it('fail where the BMC refuses, raw bytes too', async () => {
    await assert.rejects(say('raw 0x2e 0x01'), { code: 'IpmiUnsupported', completionCode: 0xc1 });
  });

  for (const line of [
    'power',
    'power dance',
    'power on now',
    'bootdev',
    'bootdev moon',
    'sel delete',
    'sel delete x',
    'sel time set never',
    'sensor get Nobody',
    'lan set 1 mtu 9000',
    'lan set 1 ipaddr 300.0.0.1',
    'user priv 3 king',
    'raw 0x06',
    'raw 0x06 0x01 256',
    'constructor',
    'dance',
  ]) {
    it(`"${line}" is refused with words about its use`, async () => {
      await assert.rejects(async () => say(line), UsageError);
    });
  }
});
