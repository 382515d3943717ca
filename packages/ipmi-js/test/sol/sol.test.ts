import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { clampPayloadSize } from '../../src/sol/sol-activation.ts';
import { SolLink } from '../../src/sol/sol-link.ts';
import { SolStream } from '../../src/sol/sol-stream.ts';
import { decodeSolPacket, encodeSolPacket } from '../../src/codec/sol-packet.ts';
import { aPair, anEcho, until } from '../support/pair.ts';

/** Numbers as text: any loss, repetition or disorder shows. */
const numbered = (count: number): Buffer => Buffer.from(Array.from({ length: count }, (_, i) => `${i}\n`).join(''));

/** A link end that notes what it sends. */
function anEnd(maxData = 16): {
  link: SolLink;
  sent: ReturnType<typeof decodeSolPacket>[];
  got: Buffer[];
  accept: { now: boolean };
} {
  const sent: ReturnType<typeof decodeSolPacket>[] = [];
  const got: Buffer[] = [];
  const accept = { now: true };
  const link = new SolLink({
    maxData,
    send: (payload) => sent.push(decodeSolPacket(payload)),
    onData: (data) => got.push(Buffer.from(data)),
    onBits: () => {},
    canAccept: () => accept.now,
    retryMs: () => 20,
    onDead: () => {},
    maxTries: 5,
    refuseBits: 0x40,
  });
  return { link, sent, got, accept };
}

const packet = (sequence: number, text: string): Uint8Array =>
  encodeSolPacket({ sequence, ackSequence: 0, accepted: 0, bits: 0, data: Buffer.from(text) });
const ack = (ackSequence: number, accepted: number, bits = 0): Uint8Array =>
  encodeSolPacket({ sequence: 0, ackSequence, accepted, bits, data: new Uint8Array() });

describe('SolLink', () => {
  it('sends the rest of a partly accepted packet under a new number', () => {
    const { link, sent } = anEnd();
    link.write(Buffer.from('abcdef'));
    link.receive(ack(1, 2));
    assert.equal(sent[1]?.sequence, 2);
    assert.equal(Buffer.from(sent[1]?.data ?? []).toString(), 'cdef');
    link.receive(ack(2, 4));
    assert.equal(link.backlog, 0);
    link.close();
  });

  it('acknowledges a duplicate again and does not give it twice', () => {
    const { link, sent, got } = anEnd();
    link.receive(packet(1, 'x'));
    link.receive(packet(1, 'x'));
    assert.equal(Buffer.concat(got).toString(), 'x');
    assert.deepEqual(
      sent.map(({ ackSequence, accepted }) => [ackSequence, accepted]),
      [
        [1, 1],
        [1, 1],
      ],
    );
    link.close();
  });

  it('refuses characters while it cannot take them and asks for them later', () => {
    const { link, sent, got, accept } = anEnd();
    accept.now = false;
    link.receive(packet(1, 'later'));
    assert.deepEqual([sent[0]?.accepted, sent[0]?.bits], [0, 0x40]);
    accept.now = true;
    link.resume();
    assert.deepEqual([sent[1]?.ackSequence, sent[1]?.bits], [1, 0]);
    link.receive(packet(1, 'later'));
    assert.equal(Buffer.concat(got).toString(), 'later');
    link.close();
  });

  it('holds refused characters until the peer takes them', async () => {
    const { link, sent } = anEnd();
    link.write(Buffer.from('abc'));
    link.receive(ack(1, 0, 0x60));
    assert.equal(sent.length, 1);
    await until(() => sent.length >= 2);
    assert.equal(sent[1]?.sequence, 2);
    link.close();
  });

  it('counts 1 to 15 and never sends 0', () => {
    const { link, sent } = anEnd(1);
    link.write(Buffer.alloc(20, 0x61));
    for (let i = 0; i < 20; i++) link.receive(ack(sent[i]?.sequence ?? 0, 1));
    assert.deepEqual(
      sent.map(({ sequence }) => sequence),
      [...Array.from({ length: 15 }, (_, i) => i + 1), 1, 2, 3, 4, 5],
    );
    link.close();
  });

  it('keeps a break in its place', () => {
    const { link, sent } = anEnd();
    link.write(Buffer.from('a'));
    link.control(0x10);
    link.write(Buffer.from('b'));
    for (const n of [1, 2, 3]) link.receive(ack(n, 1));
    assert.deepEqual(
      sent.map(({ bits, data }) => [bits, Buffer.from(data).toString()]),
      [
        [0, 'a'],
        [0x10, ''],
        [0, 'b'],
      ],
    );
    link.close();
  });
});

describe('payload sizes', () => {
  it('are clamped to 5–259 and byte-swapped ones understood', () => {
    assert.deepEqual([252, 1024, 0, 0xfc00, 259, 260, 3].map(clampPayloadSize), [252, 259, 259, 252, 259, 259, 259]);
  });
});

describe('SolStream through a virtual BMC', () => {
  it('loses, doubles and shuffles nothing in either direction under 20 % loss', async () => {
    const pair = await aPair({ console: anEcho });
    const stream = await pair.bmc.openSol();
    Object.assign(pair.server.faults, { lossIn: 0.1, lossOut: 0.1, duplicate: 0.1 });
    const text = numbered(1_500);
    let got = '';
    stream.on('data', (data: Buffer) => (got += data.toString()));
    stream.write(text);
    await until(() => got.length >= text.length, 60_000);
    assert.equal(got, text.toString());
    Object.assign(pair.server.faults, { lossIn: 0, lossOut: 0, duplicate: 0 });
    await pair.stop();
  }).timeout(90_000);

  it('stops the BMC while nobody reads, and loses nothing', async () => {
    const console = new PassThrough();
    const pair = await aPair({ console: () => console });
    const stream = await pair.bmc.openSol();
    const text = numbered(250_000);
    console.write(text);
    await until(() => stream.readableLength > 1 << 20, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(stream.readableLength < text.length, `${stream.readableLength} buffered`);
    const read: Buffer[] = [];
    let length = 0;
    stream.on('data', (data: Buffer) => {
      read.push(data);
      length += data.length;
    });
    await until(() => length >= text.length, 60_000);
    assert.ok(Buffer.concat(read).equals(text));
    await pair.stop();
  }).timeout(150_000);

  it('comes back by itself when the BMC was reset, with what was typed meanwhile', async () => {
    const consoles: PassThrough[] = [];
    const console = (): PassThrough => {
      const echo = anEcho();
      consoles.push(echo);
      return echo;
    };
    const pair = await aPair({ console });
    const stream = await pair.bmc.openSol();
    let got = '';
    stream.on('data', (data: Buffer) => (got += data.toString()));
    stream.write('one');
    await until(() => got === 'one');
    await pair.bmc.resetBmc('cold');
    stream.write('two');
    await until(() => got === 'onetwo', 20_000);
    assert.equal(consoles.length, 2);
    await pair.stop();
  }).timeout(30_000);

  it('takes over from another console, which ends without a fight', async () => {
    const pair = await aPair({ console: anEcho });
    const first = await pair.bmc.openSol({ reattach: false });
    let ended: unknown;
    first.on('error', (error) => (ended = error));
    await assert.rejects(pair.another().openSol({ takeOver: false }), /payload already active on another session/);
    const second = await pair.another().openSol();
    await until(() => ended !== undefined);
    assert.match(String(ended), /was ended by the BMC/);
    second.write('mine');
    await until(() => second.readableLength === 4);
    await pair.stop();
  });

  it('passes a break and detaches and attaches at will', async () => {
    let breaks = 0;
    const pair = await aPair({ console: anEcho, onBreak: () => (breaks += 1) });
    const stream = await pair.bmc.openSol();
    stream.sendBreak();
    await until(() => breaks === 1);
    await stream.detach();
    assert.equal(stream.isAttached, false);
    stream.write('kept');
    await stream.attach();
    await until(() => stream.readableLength === 4);
    await pair.stop();
    assert.equal(pair.server.sessionCount, 0);
  });

  it('is gone only when a console that was being attached has been given back', async () => {
    const done: string[] = [];
    let attached = (): void => {};
    const stream = new SolStream({
      bmc: 'slow',
      reattach: false,
      takeOver: false,
      attach: () =>
        new Promise((resolve) => {
          attached = () =>
            resolve({
              maxData: 16,
              send: () => {},
              receive: () => {},
              retryMs: () => 100,
              close: async () => void done.push('given back'),
            });
        }),
    });
    const attaching = stream.attach();
    const closed = once(stream, 'close').then(() => done.push('closed'));
    stream.destroy();
    await setImmediate();
    assert.deepEqual(done, []);
    attached();
    await Promise.all([attaching, closed]);
    assert.deepEqual(done, ['given back', 'closed']);
  });

  it('says why when the BMC has no console', async () => {
    const pair = await aPair();
    await assert.rejects(pair.bmc.openSol(), /81h, payload type is disabled/);
    await pair.stop();
  });
});
