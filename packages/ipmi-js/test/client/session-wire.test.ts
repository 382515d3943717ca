import assert from 'node:assert/strict';
import { CC } from '../../src/codec/completion-codes.ts';
import { decodeResponse, encodeResponse } from '../../src/codec/message.ts';
import { PAYLOAD } from '../../src/codec/packet.ts';
import { IpmiError, commands } from '../../src/index.ts';
import type { BmcOptions } from '../../src/index.ts';
import type { VirtualBmcOptions } from '../../src/server/index.ts';
import { aPair, until } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';
import { aRelay, is, messages, once, packets, patched, withPayload } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const CLOSE_SESSION = 0x3c;
const rqSeqOf = (message: Uint8Array): number => (message[4] ?? 0) >> 2;
const commandOf = (message: Uint8Array): number => message[5] ?? 0;
const code = (error: unknown): string => (error instanceof IpmiError ? error.code : String(error));

/** Suite 15 hides nothing and signs nothing, so that the relay can read and change messages. */
describe('a session, on the wire', () => {
  let pair: Pair;
  let relay: Relay;

  const start = async (server: Partial<VirtualBmcOptions> = {}): Promise<void> => {
    pair = await aPair({ cipherSuites: [15], ...server });
    relay = await aRelay(pair.server.address.port);
  };
  const bmc = (options: Partial<BmcOptions> = {}): Pair['bmc'] =>
    pair.another({ port: relay.port, cipherSuites: [15], ...options });
  const dropAnswers = (): void => {
    relay.rule = (seen) => (is(seen, 'bmc', PAYLOAD.ipmi) ? [] : undefined);
  };

  beforeEach(() => start());
  afterEach(async () => {
    await pair.stop();
    await relay.stop();
  });

  it('repeats a lost request under a new session sequence number and the same rqSeq', async () => {
    relay.rule = once((seen) => (is(seen, 'console', PAYLOAD.ipmi) ? [] : undefined));
    await bmc().getChassisStatus();
    const sent = packets(relay, 'console', PAYLOAD.ipmi);
    assert.deepEqual(
      sent.map(({ sequence }) => sequence),
      [1, 2],
    );
    assert.deepEqual(sent[1]?.payload, sent[0]?.payload);
  });

  it('uses an rqSeq again only after all others', async () => {
    const one = bmc();
    for (let round = 0; round < 70; round++) await one.getChassisStatus();
    const used = messages(relay, 'console').map(rqSeqOf);
    for (let at = 0; at + 64 <= used.length; at++) assert.equal(new Set(used.slice(at, at + 64)).size, 64);
  });

  for (const [what, change] of [
    ['rqSeq', { rqSeq: 63 }],
    ['command', { cmd: 0x02 }],
    ['network function', { netFn: 0x06 }],
  ] as const) {
    it(`does not take an answer with another ${what}`, async () => {
      relay.rule = once((seen) => {
        if (!is(seen, 'bmc', PAYLOAD.ipmi)) return undefined;
        const response = decodeResponse(seen.packet.payload);
        return [withPayload(seen.packet, encodeResponse({ ...response, ...change, data: Uint8Array.of(0, 0, 0) }))];
      });
      assert.equal((await bmc().getChassisStatus()).powerOn, false);
      assert.equal(messages(relay, 'console').length, 2, 'asked again');
    });
  }

  it('has one request on the way at a time', async () => {
    pair.server.faults.delayOutMs = 5;
    const one = bmc();
    await Promise.all(Array.from({ length: 6 }, () => one.getChassisStatus()));
    const sides = relay.seen.filter((seen) => is(seen, seen.from, PAYLOAD.ipmi)).map(({ from }) => from);
    assert.deepEqual(sides, Array.from({ length: 6 }, () => ['console', 'bmc']).flat());
  });

  it('tells the BMC when a session is given up', async () => {
    const one = bmc();
    await one.getChassisStatus();
    dropAnswers();
    await assert.rejects(one.getChassisStatus({ deadlineMs: 300 }), (error) => code(error) === 'IpmiTimeout');
    await until(() => pair.server.sessionCount === 0);
    assert.equal(commandOf(messages(relay, 'console').at(-1) ?? Buffer.alloc(6)), CLOSE_SESSION);
  });

  it('is closed after errors, aborts and with its client', async () => {
    const control = new AbortController();
    const [refused, aborted] = [bmc(), bmc()];
    await assert.rejects(refused.command({ ...commands.getChassisStatus, netFn: 0x2e, cmd: 0x77 }, {}));
    await aborted.getChassisStatus();
    dropAnswers();
    const hanging = aborted.getChassisStatus({ signal: control.signal });
    setTimeout(() => control.abort(), 20);
    await assert.rejects(hanging, (error) => code(error) === 'IpmiAborted');
    relay.rule = () => undefined;
    assert.equal(pair.server.sessionCount, 2);
    await pair.client.close();
    await until(() => pair.server.sessionCount === 0);
  });

  it('ends when a keep-alive goes unanswered, and is not kept up any more', async () => {
    const one = bmc({ keepAliveMs: 50 });
    await one.getChassisStatus();
    dropAnswers();
    await until(() => pair.events.includes('session-lost: keep-alive unanswered'));
    assert.equal(one.session, undefined);
    const sent = (): Buffer[] => messages(relay, 'console');
    await until(() => commandOf(sent().at(-1) ?? Buffer.alloc(6)) === CLOSE_SESSION);
    const before = sent().length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(sent().length, before, 'nothing after Close Session');
  });

  it('takes wrong checksums only when told to', async () => {
    relay.rule = (seen) => {
      if (!is(seen, 'bmc', PAYLOAD.ipmi)) return undefined;
      const { payload } = seen.packet;
      return [withPayload(seen.packet, patched(payload, { [payload.length - 1]: (payload.at(-1) ?? 0) ^ 0xff }))];
    };
    await assert.rejects(bmc().getChassisStatus({ deadlineMs: 400 }), (error) => code(error) === 'IpmiTimeout');
    assert.equal((await bmc({ ignoreChecksum: true }).getChassisStatus()).powerOn, false);
  });

  it('sets a boot device by parameters 3 and 5 alone, as some BMCs have no 0 and 4', async () => {
    await bmc().setBootDevice('pxe');
    const parameters = messages(relay, 'console').flatMap((message) =>
      commandOf(message) === 0x08 ? [(message[6] ?? 0) & 0x7f] : [],
    );
    assert.deepEqual(parameters, [3, 5]);
  });

  it('gives the GUID as the BMC sends it', async () => {
    const guid = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
    await pair.stop();
    await relay.stop();
    await start({ guid });
    assert.deepEqual(new Uint8Array(await bmc().getSystemGuid()), guid);
  });

  for (const busy of [CC.busy, CC.timeout, CC.outOfSpace, CC.initializing, CC.duplicate]) {
    it(`asks again after ${busy.toString(16)}h`, async () => {
      answerOnce(pair, '00/01', busy);
      assert.equal((await bmc().getChassisStatus()).powerOn, false);
      assert.equal(messages(relay, 'console').filter((message) => commandOf(message) === 0x01).length, 2);
    });
  }

  for (const [perhapsDone, wanted] of [
    [CC.timeout, 'IpmiBusy'],
    [CC.duplicate, 'IpmiOutcomeUnknown'],
  ] as const) {
    it(`does not send a reset again after ${perhapsDone.toString(16)}h`, async () => {
      answerOnce(pair, '00/02', perhapsDone);
      await assert.rejects(bmc().chassisControl('reset'), (error) => code(error) === wanted);
      assert.equal(messages(relay, 'console').filter((message) => commandOf(message) === 0x02).length, 1);
    });
  }

  it('sends a reset again after C0h, which says that nothing was done', async () => {
    answerOnce(pair, '00/02', CC.busy);
    await bmc().chassisControl('reset');
    assert.deepEqual(pair.machine.acts, ['reset']);
  });
});

/** Lets the BMC answer a command with a completion code the first time. */
function answerOnce(pair: Pair, command: string, completionCode: number): void {
  let asked = 0;
  pair.server.faults.codes = Object.defineProperty({}, command, {
    get: () => (asked++ === 0 ? completionCode : undefined),
  });
}
