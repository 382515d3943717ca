import assert from 'node:assert/strict';
import { commands } from '../../src/index.ts';
import { aPair, anEcho, until } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

const REFUSED = { completionCode: 0xd4 };
const ABOVE_LIMIT = { completionCode: 0x81 };
const USERS = [
  { name: 'admin', password: 'secret' },
  { name: 'guest', password: 'secret', privilege: 'user' },
  { name: 'night', password: 'secret', privilege: 'operator' },
] as const;

describe('the notes of table G-1 in the virtual BMC', () => {
  let pair: Pair;
  beforeEach(async () => {
    const satellite = { channel: 6, address: 0x82, answer: () => ({ completionCode: 0, data: Uint8Array.of(1) }) };
    pair = await aPair({ users: USERS, satellites: [satellite], console: anEcho });
  });
  afterEach(() => pair.stop());
  const guest = (more: object = {}) => pair.another({ username: 'guest', privilege: 'user', ...more });
  const night = (more: object = {}) => pair.another({ username: 'night', privilege: 'operator', ...more });

  it('2: operators and above send messages to other channels', async () => {
    const bridge = { targetAddress: 0x82, targetChannel: 6 };
    assert.equal((await night({ bridge }).raw(0x06, 0x01)).completionCode, 0);
    // The client asks for a higher level after the refusal; this user has reached the limit.
    await assert.rejects(guest({ bridge }).raw(0x06, 0x01), ABOVE_LIMIT);
  });

  it('5: administrators end the sessions of others, and nobody else does', async () => {
    const console = await pair.bmc.openSol();
    const { sessionId } = await pair.bmc.command(commands.getPayloadInstanceInfo, { payloadType: 1, instance: 1 });
    await assert.rejects(night().command(commands.closeSession, { sessionId }), REFUSED);
    const open = pair.server.sessionCount;
    await pair.bmc.command(commands.closeSession, { sessionId });
    await until(() => pair.server.sessionCount < open);
    console.destroy();
  });

  it('10: the configuration of serial over LAN says who activates it', async () => {
    const console = await guest().openSol();
    console.destroy();
    await until(() => pair.server.sessionCount === 0);
    const administratorsOnly = { channel: 0x0e, parameter: 2, data: Uint8Array.of(0xc4) };
    await pair.bmc.command(commands.setSolConfiguration, administratorsOnly);
    await assert.rejects(guest().openSol({ deadlineMs: 3_000 }), REFUSED);
    const again = await pair.bmc.openSol();
    again.destroy();
  });
});
