import assert from 'node:assert/strict';
import { IpmiError, commands } from '../../src/index.ts';
import { aPair, until } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

/** An `assert.rejects` check for an IpmiError code. */
const code =
  (wanted: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof IpmiError, String(error));
    assert.equal(error.code, wanted, error.message);
    return true;
  };

describe('Bmc against VirtualBmc', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await aPair({ watts: 90 });
  });
  afterEach(() => pair.stop());

  it('reads the power state in a session with suite 17 and closes it', async () => {
    assert.equal((await pair.bmc.getChassisStatus()).powerOn, false);
    assert.deepEqual(pair.bmc.session, { cipherSuite: 17, privilege: 'user' });
    assert.equal(pair.server.sessionCount, 1);
    await pair.bmc.close();
    await until(() => pair.server.sessionCount === 0);
    await assert.rejects(pair.bmc.getChassisStatus(), code('IpmiClosed'));
  });

  it('does each chassis action once and raises the privilege for it', async () => {
    for (const action of ['on', 'reset', 'nmi', 'cycle', 'soft', 'off'] as const) await pair.bmc.chassisControl(action);
    assert.deepEqual(pair.machine.acts, ['on', 'reset', 'nmi', 'off', 'on', 'soft', 'off']);
    assert.equal(pair.bmc.session?.privilege, 'administrator');
  });

  it('keeps all boot flag bits, and the owner uses them up', async () => {
    await pair.bmc.setBootDevice('pxe', { efi: true });
    await pair.bmc.setBootFlags({ clearCmos: true, verbosity: 'verbose', lockKeyboard: true });
    const { flags } = await pair.bmc.getBootOptions();
    const { valid, persistent, efi, device, clearCmos, verbosity, lockKeyboard } = flags;
    assert.deepEqual(
      { valid, persistent, efi, device, clearCmos, verbosity, lockKeyboard },
      {
        valid: true,
        persistent: false,
        efi: true,
        device: 'pxe',
        clearCmos: true,
        verbosity: 'verbose',
        lockKeyboard: true,
      },
    );
    assert.equal(pair.server.bootFlags.consumeOverride().device, 'pxe');
    assert.equal(pair.server.bootFlags.get().valid, false);
    assert.equal(pair.server.bootFlags.acknowledgeClearCmos(), true);
    assert.equal(pair.server.bootFlags.acknowledgeClearCmos(), false);
  });

  it('keeps a persistent override over boots', async () => {
    await pair.bmc.setBootDevice('disk', { efi: true, persistent: true });
    pair.server.bootFlags.consumeOverride();
    const { flags } = await pair.bmc.getBootOptions();
    assert.deepEqual([flags.valid, flags.persistent, flags.device], [true, true, 'disk']);
  });

  it('asks Supermicro boards for the UEFI disk by selector 9', async () => {
    await pair.bmc.setBootDevice('disk', { efi: true, supermicroUefiDisk: true });
    assert.equal(pair.server.bootFlags.get().device, 'remote-media');
  });

  it('goes on when the BMC has no parameter 3', async () => {
    let asked = 0;
    pair.server.faults.codes = Object.defineProperty({}, '00/08', { get: () => (asked++ === 0 ? 0x80 : undefined) });
    await pair.bmc.setBootDevice('cdrom', { disableTimeout: true });
    assert.equal(pair.server.bootFlags.get().device, 'cdrom');
  });

  it('runs raw commands and gives every completion code', async () => {
    const { completionCode, data } = await pair.bmc.raw(0x06, 0x01);
    assert.deepEqual([completionCode, data[0]], [0, 0x20]);
    assert.equal((await pair.bmc.raw(0x2e, 0x77)).completionCode, 0xc1);
  });

  it('names the command, the BMC, the code and the section when refused', async () => {
    pair.server.faults.codes = { '00/01': 0xd4 };
    await assert.rejects(pair.bmc.getChassisStatus(), (error: unknown) => {
      code('IpmiPrivilege')(error);
      const { message, completionCode, retryable } = error as IpmiError;
      assert.match(
        message,
        /Get Chassis Status on 127\.0\.0\.1:\d+ refused: completion code D4h, insufficient privilege level \(IPMI v2\.0 §28\.2\)/,
      );
      assert.deepEqual([completionCode, retryable], [0xd4, false]);
      return true;
    });
  });

  it('runs one command at a time in the order of the calls', async () => {
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((n) => pair.bmc.getDeviceId().then(() => order.push(n))));
    assert.deepEqual(order, [1, 2, 3, 4]);
    assert.equal(pair.server.sessionCount, 1);
  });

  it('reads DCMI power and session facts by their commands', async () => {
    assert.equal((await pair.bmc.dcmi.powerReading()).watts, 90);
    const info = await pair.bmc.command(commands.getSessionInfo, { index: 0, key: new Uint8Array() });
    assert.deepEqual([info.userId, info.active], [2, 1]);
  });

  it('loses the session at a BMC reset and opens another', async () => {
    await pair.bmc.resetBmc('cold');
    assert.equal((await pair.bmc.getDeviceId()).deviceId, 0x20);
  });
});

describe('Bmc and hostile networks', () => {
  it('refuses a wrong password without naming it', async () => {
    const pair = await aPair({}, { password: 'hunter2' });
    await assert.rejects(pair.bmc.getChassisStatus(), (error: unknown) => {
      code('IpmiAuthentication')(error);
      assert.doesNotMatch(String(error), /hunter2|secret/);
      return true;
    });
    await pair.stop();
  });

  it('refuses an unknown user, a privilege above the limit and a wrong Kg', async () => {
    const users = [{ name: 'admin', password: 'secret', privilege: 'operator' as const }];
    const pair = await aPair({ users, kg: 'right' }, { kg: 'right', privilege: 'operator' });
    await pair.bmc.getChassisStatus();
    await assert.rejects(pair.another({ username: 'nobody' }).getChassisStatus(), code('IpmiAuthentication'));
    await assert.rejects(pair.another({ privilege: 'administrator' }).getChassisStatus(), code('IpmiAuthentication'));
    await assert.rejects(pair.another({ kg: 'wrong' }).getChassisStatus(), /RAKP 4 does not fit; check the BMC key Kg/);
    await pair.stop();
  });

  it('does not take names and secrets that IPMI cannot express', async () => {
    const pair = await aPair();
    assert.throws(() => pair.another({ password: 'x'.repeat(21) }), code('IpmiInvalidArgument'));
    assert.throws(() => pair.another({ username: 'x'.repeat(17) }), code('IpmiInvalidArgument'));
    assert.throws(() => pair.another({ cipherSuites: [4] }), code('IpmiInvalidArgument'));
    await pair.stop();
  });

  it('falls from suite 17 to 3 only as the BMC lists it, and tells so', async () => {
    const pair = await aPair({ cipherSuites: [3] });
    await pair.bmc.getChassisStatus();
    assert.equal(pair.bmc.session?.cipherSuite, 3);
    assert.deepEqual(
      pair.events.filter((event) => event.startsWith('suite-fallback')),
      ['suite-fallback: suite 17 refused, using 3'],
    );
    await pair.stop();
  });

  it('never uses a suite that was not named, even when nothing else is offered', async () => {
    const pair = await aPair({ cipherSuites: [0, 2] });
    await assert.rejects(pair.bmc.getChassisStatus(), code('IpmiCipherSuite'));
    await pair.another({ cipherSuites: [2] }).getChassisStatus();
    await pair.stop();
  });

  it('answers under 30 % loss, duplicates and re-ordering', async () => {
    const pair = await aPair({ faults: { lossIn: 0.15, lossOut: 0.15, duplicate: 0.2, reorder: 0.2 } });
    for (let i = 0; i < 30; i++) assert.equal((await pair.bmc.getDeviceId()).deviceId, 0x20);
    await pair.stop();
  });

  it('never does a power action twice under loss', async () => {
    const pair = await aPair({ faults: { lossOut: 0.25 } });
    await pair.bmc.getDeviceId({ deadlineMs: 60_000 });
    for (let i = 0; i < 12; i++) {
      const before = pair.machine.acts.length;
      await pair.bmc.chassisControl('reset', { deadlineMs: 30_000 }).catch(code('IpmiOutcomeUnknown'));
      const done = pair.machine.acts.length - before;
      assert.ok(done <= 1, `${done} resets for one call`);
    }
    await pair.stop();
  }).timeout(120_000);

  it('finds that a power-on took although its answer was lost', async () => {
    const pair = await aPair();
    await pair.bmc.setBootFlags({});
    const powerOn = pair.machine.powerOn.bind(pair.machine);
    pair.machine.powerOn = () => {
      void powerOn();
      pair.server.faults.silent = true;
      setTimeout(() => (pair.server.faults.silent = false), 500);
    };
    await pair.bmc.chassisControl('on');
    assert.deepEqual(pair.machine.acts, ['on']);
    await pair.stop();
  });

  it('says that the outcome of a reset is unknown when no answer came', async () => {
    const pair = await aPair();
    await pair.bmc.setBootFlags({});
    pair.server.faults.silent = true;
    await assert.rejects(pair.bmc.chassisControl('reset'), code('IpmiOutcomeUnknown'));
    await pair.stop();
  });

  it('waits for a busy BMC and gives up at the deadline', async () => {
    const pair = await aPair();
    await pair.bmc.getDeviceId();
    pair.server.faults.busy = 1;
    setTimeout(() => (pair.server.faults.busy = 0), 300);
    assert.equal((await pair.bmc.getDeviceId()).deviceId, 0x20);
    pair.server.faults.busy = 1;
    await assert.rejects(pair.bmc.getDeviceId({ deadlineMs: 400 }), code('IpmiBusy'));
    await pair.stop();
  });

  it('re-opens a session that the BMC forgot', async () => {
    const pair = await aPair();
    await pair.bmc.getDeviceId();
    const { port } = pair.server.address;
    await pair.server.stop();
    const events = pair.events.length;
    const again = await aPair({ port });
    assert.equal((await pair.bmc.getDeviceId()).deviceId, 0x20);
    assert.ok(pair.events.slice(events).some((event) => event.startsWith('session-lost')));
    await again.stop();
    await pair.stop();
  });

  it('waits for a free session slot and leaks none', async () => {
    const pair = await aPair({ maxSessions: 1 });
    await pair.bmc.getDeviceId();
    const second = pair.another();
    setTimeout(() => void pair.bmc.closeSession(), 300);
    assert.equal((await second.getDeviceId()).deviceId, 0x20);
    await assert.rejects(pair.bmc.getDeviceId({ deadlineMs: 600 }), code('IpmiSessionsExhausted'));
    await second.close();
    await until(() => pair.server.sessionCount === 0);
    await pair.stop();
  });

  it('says that all sessions are taken, and what to do, to whoever waits until the deadline', async () => {
    const pair = await aPair({ maxSessions: 1 });
    await pair.bmc.getDeviceId();
    const late = pair.another();
    const deadlines = [500, 150, 250, 400];
    const calls = await Promise.allSettled(deadlines.map((deadlineMs) => late.getDeviceId({ deadlineMs })));
    for (const call of calls) {
      assert.equal(call.status, 'rejected');
      const error: unknown = call.status === 'rejected' ? call.reason : undefined;
      code('IpmiSessionsExhausted')(error);
      assert.match(String(error), /Get Device ID on 127.*; close sessions held by other consoles or wait/);
      assert.deepEqual([(error as IpmiError).rmcpStatus, (error as IpmiError).retryable], [1, true]);
    }
    await pair.stop();
  });

  it('says so also when the BMC falls silent after its refusal, and forgets it once a session was opened', async () => {
    const pair = await aPair({ maxSessions: 1 });
    await pair.bmc.getDeviceId();
    const late = pair.another();
    setTimeout(() => (pair.server.faults.silent = true), 60);
    await assert.rejects(late.getDeviceId({ deadlineMs: 500 }), code('IpmiSessionsExhausted'));
    pair.server.faults.silent = false;
    await pair.bmc.closeSession();
    await late.getDeviceId();
    pair.server.faults.silent = true;
    await assert.rejects(late.getDeviceId({ deadlineMs: 500 }), code('IpmiTimeout'));
    await pair.stop();
  });

  it('leaves no session behind when RAKP 4 is lost', async () => {
    const pair = await aPair();
    let answers = 0;
    const { faults } = pair.server;
    Object.defineProperty(faults, 'lossOut', { get: () => (++answers === 3 ? 1 : 0) });
    await pair.bmc.getDeviceId();
    await until(() => pair.server.sessionCount === 1);
    await pair.stop();
  });

  it('obeys abort and deadline, also while waiting for its turn', async () => {
    const pair = await aPair({ faults: { silent: true } });
    await assert.rejects(pair.bmc.getDeviceId({ deadlineMs: 300 }), code('IpmiTimeout'));
    const control = new AbortController();
    const first = pair.bmc.getDeviceId({ signal: control.signal });
    const queued = pair.bmc.getDeviceId({ signal: control.signal });
    setTimeout(() => control.abort(new Error('stop')), 50);
    await assert.rejects(first, code('IpmiAborted'));
    await assert.rejects(queued, code('IpmiAborted'));
    await assert.rejects(pair.bmc.getDeviceId({ signal: control.signal }), code('IpmiAborted'));
    await pair.stop();
  });

  it('refreshes an idle session and closes it after the idle limit', async () => {
    const pair = await aPair({ sessionTimeoutMs: 400 }, { keepAliveMs: 120, idleCloseMs: 900 });
    await pair.bmc.getDeviceId();
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(pair.server.sessionCount, 1, 'kept over the inactivity limit of the BMC');
    await until(() => pair.server.sessionCount === 0);
    assert.equal(pair.bmc.session, undefined);
    await pair.stop();
  });

  it('does not fall over a refused port, a name that does not exist, or IPv6', async () => {
    const pair = await aPair({ host: '::1' }, { host: '::1' });
    assert.equal((await pair.bmc.getDeviceId()).deviceId, 0x20);
    await assert.rejects(
      pair.another({ host: '127.0.0.1', port: 9 }).getDeviceId({ deadlineMs: 400 }),
      code('IpmiTimeout'),
    );
    await assert.rejects(pair.another({ host: 'no-such-host.invalid' }).getDeviceId(), code('IpmiUnreachable'));
    await pair.stop();
  });

  it('sees the old power state for as long as the BMC is slow, and lies as told', async () => {
    const pair = await aPair({ faults: { slowPowerMs: 300 } });
    await pair.bmc.chassisControl('on');
    assert.equal((await pair.bmc.getChassisStatus()).powerOn, false);
    await new Promise((resolve) => setTimeout(resolve, 320));
    assert.equal((await pair.bmc.getChassisStatus()).powerOn, true);
    pair.server.faults.lyingPower = 'off';
    assert.equal((await pair.bmc.getChassisStatus()).powerOn, false);
    await pair.stop();
  });
});
