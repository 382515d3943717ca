import assert from 'node:assert/strict';
import { IpmiError, PRIVILEGES, commands } from '../../src/index.ts';
import type { Bmc, Command } from '../../src/index.ts';
import { aPair, until } from '../support/pair.ts';
import { PRIVILEGE_TABLE } from '../support/privilege-table.ts';
import type { Least } from '../support/privilege-table.ts';
import { aStranger } from '../support/stranger.ts';

const PRIVILEGE_REFUSED = 0xd4;
const ABOVE_LIMIT = 0x81;
const UNKNOWN = 0xc1;
const GROUP = 0x2c;
const DCMI = Uint8Array.of(0xdc);

type Named = readonly [keyof typeof commands, Command<unknown, unknown>];
/** These end all sessions. */
const RESETS: ReadonlySet<string> = new Set(['warmReset', 'coldReset']);
const ALL = (Object.entries(commands) as unknown as Named[])
  // Closing a session is allowed to all who have one.
  .filter(([name]) => name !== 'closeSession')
  .toSorted(([one], [other]) => Number(RESETS.has(one)) - Number(RESETS.has(other)));

const rank = (least: Least): number =>
  least === 'system' ? PRIVILEGES.indexOf('administrator') : PRIVILEGES.findIndex((name) => name === least);

const bodyOf = ({ netFn }: Command<unknown, unknown>) => (netFn === GROUP ? DCMI : new Uint8Array());

/** The completion code for a command without data. */
async function answerTo(bmc: Bmc, command: Command<unknown, unknown>): Promise<number> {
  try {
    return (await bmc.raw(command.netFn, command.cmd, bodyOf(command))).completionCode;
  } catch (error) {
    // The client asks for a higher level after D4h, and only then; these users have reached their limit.
    if (error instanceof IpmiError && error.completionCode === ABOVE_LIMIT) return PRIVILEGE_REFUSED;
    throw error;
  }
}

describe('the privileges of table G-1', () => {
  it('are those that the commands declare', () => {
    for (const [name, { privilege }] of ALL) {
      const least = PRIVILEGE_TABLE[name];
      if (least === 'anybody') assert.equal(privilege, 'callback', name);
      else assert.equal(privilege, least === 'system' ? 'administrator' : least, name);
    }
  });

  for (const level of ['user', 'operator', 'administrator'] as const) {
    it(`are kept by the virtual BMC at ${level} level, for every command`, async () => {
      const users = [{ name: 'admin', password: 'secret', privilege: level }];
      const { bmc, another, stop } = await aPair({ users, watts: 1 }, { privilege: level });
      try {
        for (const [name, command] of ALL) {
          const refused = rank(PRIVILEGE_TABLE[name]) > rank(level);
          const completionCode = await answerTo(RESETS.has(name) ? another() : bmc, command);
          assert.equal(completionCode === PRIVILEGE_REFUSED, refused, `${name}: ${completionCode.toString(16)}h`);
          assert.notEqual(completionCode, UNKNOWN, `${name} is not served`);
        }
      } finally {
        await stop();
      }
    });
  }

  it('leave strangers without a session what anybody may ask', async () => {
    const { server, stop } = await aPair({ watts: 1 });
    const stranger = aStranger(server.address.port);
    try {
      for (const [index, [name, command]] of ALL.entries()) {
        stranger.ask(command, index % 64);
        await until(() => stranger.answers.length > index);
        const refused = stranger.answers[index]?.completionCode === PRIVILEGE_REFUSED;
        assert.equal(refused, PRIVILEGE_TABLE[name] !== 'anybody', name);
      }
    } finally {
      stranger.stop();
      await stop();
    }
  });
});
