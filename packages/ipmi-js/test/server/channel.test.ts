import assert from 'node:assert/strict';
import { IpmiError, commands } from '../../src/index.ts';
import { aPair, anEcho, until } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

const NEW_KG = Buffer.from('a-key-of-20-bytes-xx');

const CHANGE = {
  channel: 0x0e,
  alertingDisabled: false,
  perMessageAuthDisabled: false,
  userAuthDisabled: false,
  change: 'none',
  mode: 'always',
  changePrivilege: 'none',
  privilege: 0,
} as const;

describe('the LAN channel of the virtual BMC', () => {
  let pair: Pair;
  afterEach(() => pair.stop());

  const set = (change: object) => pair.bmc.command(commands.setChannelAccess, { ...CHANGE, ...change });
  const get = (stored: 'present' | 'non-volatile') =>
    pair.bmc.command(commands.getChannelAccess, { channel: 0x0e, stored });

  it('keeps two copies of its access, and takes the lasting one at a reset', async () => {
    pair = await aPair();
    await set({ change: 'non-volatile', changePrivilege: 'non-volatile', privilege: 3 });
    assert.deepEqual(await get('present'), {
      alertingDisabled: true,
      perMessageAuthDisabled: false,
      userAuthDisabled: false,
      mode: 'always',
      privilege: 4,
    });
    assert.equal((await get('non-volatile')).privilege, 3);
    await pair.bmc.resetBmc('cold');
    const operator = pair.another({ privilege: 'operator' });
    const after = await operator.command(commands.getChannelAccess, { channel: 0x0e, stored: 'present' });
    assert.deepEqual([after.privilege, after.alertingDisabled], [3, false]);
  });

  it('lets nobody above its privilege limit in', async () => {
    pair = await aPair();
    await set({ changePrivilege: 'present', privilege: 3 });
    await assert.rejects(
      pair.another().getDeviceId(),
      (error) => error instanceof IpmiError && error.rmcpStatus === 0x0a,
    );
    assert.equal((await pair.another({ privilege: 'operator' }).getDeviceId()).deviceId, 0x20);
  });

  it('opens no session while it is switched off; those that are open stay', async () => {
    pair = await aPair();
    await set({ change: 'present', mode: 'disabled' });
    await assert.rejects(pair.another().getDeviceId({ deadlineMs: 500 }), { code: 'IpmiTimeout' });
    await set({ change: 'present' });
    await pair.another().getDeviceId();
    await assert.rejects(set({ change: 'present', mode: 'shared' }), { completionCode: 0x83 });
    await assert.rejects(set({ change: 'present', channel: 2 }), { completionCode: 0xcc });
  });

  it('tells and takes another Kg, which cannot be locked', async () => {
    pair = await aPair();
    const key = (operation: 'read' | 'set' | 'lock', value: Uint8Array = new Uint8Array(), which = 1) =>
      pair.bmc.command(commands.setChannelSecurityKeys, { channel: 0x0e, operation, key: which, value });
    const before = await key('read');
    assert.deepEqual([before.locked, [...before.value]], ['not lockable', [...Buffer.alloc(20)]]);
    await assert.rejects(key('set', NEW_KG.subarray(1)), { completionCode: 0x81 });
    await assert.rejects(key('set', Buffer.concat([NEW_KG, NEW_KG])), { completionCode: 0x82 });
    await assert.rejects(key('set', NEW_KG, 0), { completionCode: 0x84 });
    await key('set', NEW_KG);
    await assert.rejects(pair.another().getDeviceId(), { code: 'IpmiAuthentication' });
    assert.equal((await pair.another({ kg: NEW_KG }).getDeviceId()).deviceId, 0x20);
    assert.equal(Buffer.from((await key('read')).value).toString(), NEW_KG.toString());
    await assert.rejects(key('lock'), { completionCode: 0xcc });
  });

  it('tells which payloads it carries and who has the console', async () => {
    pair = await aPair({ console: anEcho });
    const version = (payloadType: number) =>
      pair.bmc.command(commands.getChannelPayloadVersion, { channel: 0x0e, payloadType });
    const owner = async () =>
      (await pair.bmc.command(commands.getPayloadInstanceInfo, { payloadType: 1, instance: 1 })).sessionId;
    assert.deepEqual(await version(1), { major: 1, minor: 0 });
    await assert.rejects(version(2), { completionCode: 0x80 });
    assert.equal(await owner(), 0);
    const console = await pair.bmc.openSol();
    assert.notEqual(await owner(), 0);
    console.destroy();
    await until(() => pair.server.sessionCount === 1);
    assert.equal(await owner(), 0);
  });
});
