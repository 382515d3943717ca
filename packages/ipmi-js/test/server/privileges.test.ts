import assert from 'node:assert/strict';
import { IpmiError, commands } from '../../src/index.ts';
import type { Bmc, Privilege } from '../../src/index.ts';
import { aPair } from '../support/pair.ts';

const PRIVILEGE_REFUSED = 0xd4;
const ABOVE_LIMIT = 0x81;
const UNKNOWN = 0xc1;
const GROUP = 0x2c;
const DCMI = Uint8Array.of(0xdc);

type Name = keyof typeof commands;

/** Commands that user level may not do, from IPMI v2.0 table G-1 and DCMI v1.5 §6.6; the rest is open to it. */
const OPERATORS: readonly Name[] = [
  'activateDcmiPowerLimit',
  'addSelEntry',
  'chassisControl',
  'chassisIdentify',
  'clearSel',
  'deleteSelEntry',
  'getLanConfiguration',
  'getSystemBootOptions',
  'getUserAccess',
  'getUserName',
  'getUserPayloadAccess',
  'platformEvent',
  'resetWatchdogTimer',
  'setDcmiPowerLimit',
  'setPowerRestorePolicy',
  'setSelTime',
  'setSensorThresholds',
  'setSystemBootOptions',
  'setWatchdogTimer',
  'writeFruData',
];

/** Commands that operator level may not do either. */
const ADMINISTRATORS: readonly Name[] = [
  'coldReset',
  'setLanConfiguration',
  'setSolConfiguration',
  'setSystemInfo',
  'setUserAccess',
  'setUserName',
  'setUserPassword',
  'setUserPayloadAccess',
  'warmReset',
];

const REFUSED: readonly { level: Privilege; refused: readonly Name[] }[] = [
  { level: 'user', refused: [...OPERATORS, ...ADMINISTRATORS] },
  { level: 'operator', refused: ADMINISTRATORS },
];

/** The completion code for a command without data. */
async function answerTo(bmc: Bmc, netFn: number, cmd: number): Promise<number> {
  try {
    return (await bmc.raw(netFn, cmd, netFn === GROUP ? DCMI : undefined)).completionCode;
  } catch (error) {
    // The client asks for a higher level after D4h, and only then; these users have reached their limit.
    if (error instanceof IpmiError && error.completionCode === ABOVE_LIMIT) return PRIVILEGE_REFUSED;
    throw error;
  }
}

const sorted = (names: readonly string[]): string[] => names.toSorted((a, b) => a.localeCompare(b));

describe('privileges in the virtual BMC', () => {
  for (const { level, refused } of REFUSED) {
    it(`turns ${refused.length} commands away at ${level} level, and no other`, async () => {
      const users = [{ name: 'admin', password: 'secret', privilege: level }];
      const { bmc, machine, stop } = await aPair({ users, watts: 1 }, { privilege: level });
      const turnedAway: string[] = [];
      let served = 0;
      try {
        for (const [name, { netFn, cmd }] of Object.entries(commands)) {
          // Closing would only end the session that the next command needs.
          if (name === 'closeSession') continue;
          const completionCode = await answerTo(bmc, netFn, cmd);
          if (completionCode !== UNKNOWN) served += 1;
          if (completionCode === PRIVILEGE_REFUSED) turnedAway.push(name);
        }
      } finally {
        await stop();
      }
      assert.deepEqual(sorted(turnedAway), sorted(refused));
      assert.ok(served > 60, `${served} commands are served`);
      assert.deepEqual(
        machine.acts.filter((act) => !act.startsWith('identify')),
        [],
      );
    });
  }
});
