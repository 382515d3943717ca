import assert from 'node:assert/strict';
import { decodeResponse, encodeResponse } from '../../src/codec/message.ts';
import { PAYLOAD, encodePacket15 } from '../../src/codec/packet.ts';
import type { BmcOptions, IpmiError } from '../../src/index.ts';
import type { VirtualBmcOptions } from '../../src/server/index.ts';
import { aPair } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';
import { aRelay, is, once, packets, patched, withPayload } from '../support/relay.ts';
import type { Relay, Rule } from '../support/relay.ts';

/** Payload types that the console sends while it opens a session. */
const { openSessionRequest, openSessionResponse, rakp1, rakp2, rakp3, rakp4 } = PAYLOAD;
const STATUS_AT = 1;

describe('opening a session, on the wire', () => {
  let pair: Pair;
  let relay: Relay;

  const start = async (server: Partial<VirtualBmcOptions> = {}): Promise<void> => {
    pair = await aPair(server);
    relay = await aRelay(pair.server.address.port);
  };
  const bmc = (options: Partial<BmcOptions> = {}): Pair['bmc'] => pair.another({ port: relay.port, ...options });
  const consoleTypes = (): number[] =>
    relay.seen.flatMap(({ from, packet }) =>
      from === 'console' && packet.format === '2.0' ? [packet.payloadType] : [],
    );

  afterEach(async () => {
    await pair.stop();
    await relay.stop();
  });

  it('takes three exchanges', async () => {
    await start();
    await bmc().getChassisStatus();
    assert.deepEqual(consoleTypes(), [openSessionRequest, rakp1, rakp3, PAYLOAD.ipmi]);
  });

  for (const [name, type, answer] of [
    ['RAKP 1', rakp1, undefined],
    ['RAKP 2', undefined, rakp2],
    ['RAKP 3', rakp3, undefined],
    ['RAKP 4', undefined, rakp4],
  ] as const) {
    it(`starts over with other ids and numbers when ${name} is lost, soon, and repeats nothing`, async () => {
      await start();
      const lost = { from: type === undefined ? 'bmc' : 'console', type: type ?? answer } as const;
      relay.rule = once((seen) => (is(seen, lost.from, lost.type) ? [] : undefined));
      const started = performance.now();
      await bmc().getChassisStatus();
      assert.ok(performance.now() - started < 1_500, 'no long wait');
      const opened = packets(relay, 'console', openSessionRequest).map(({ payload }) => payload);
      assert.equal(opened.length, 2);
      assert.notEqual(opened[0]?.readUInt32LE(4), opened[1]?.readUInt32LE(4), 'session ids');
      assert.notEqual(opened[0]?.[0], opened[1]?.[0], 'tags');
      const sent = relay.seen.filter(({ from }) => from === 'console').map(({ datagram }) => datagram.toString('hex'));
      assert.equal(new Set(sent).size, sent.length, 'no datagram twice');
    });
  }

  it('gives every session an id of its own, random and never 0', async () => {
    await start();
    const one = bmc();
    for (let round = 0; round < 20; round++) {
      await one.getChassisStatus();
      await one.closeSession();
    }
    const ids = packets(relay, 'console', openSessionRequest).map(({ payload }) => payload.readUInt32LE(4));
    assert.equal(new Set(ids).size, 20);
    assert.ok(!ids.includes(0));
    assert.ok(new Set(ids.map((id) => id >>> 24)).size > 5, 'not a counter');
  });

  it('takes no answer with another tag', async () => {
    await start();
    relay.rule = (seen) => {
      if (!is(seen, 'bmc', openSessionResponse)) return undefined;
      const { packet } = seen;
      const refusal = patched(packet.payload, { 0: ((packet.payload[0] ?? 0) + 1) & 0xff, [STATUS_AT]: 0x0d });
      return [withPayload(packet, refusal), seen.datagram];
    };
    await bmc().getChassisStatus();
    assert.equal(packets(relay, 'console', openSessionRequest).length, 1);
  });

  it('takes no answer from another sender', async () => {
    await start();
    relay.rule = (seen) => {
      if (!is(seen, 'bmc', openSessionResponse)) return undefined;
      relay.spoof(withPayload(seen.packet, patched(seen.packet.payload, { [STATUS_AT]: 0x0d })));
      return undefined;
    };
    await bmc().getChassisStatus();
  });

  it('starts over when the BMC does not know the session any more (status 02h)', async () => {
    await start();
    relay.rule = once((seen) =>
      is(seen, 'bmc', rakp4) ? [withPayload(seen.packet, patched(seen.packet.payload, { [STATUS_AT]: 2 }))] : undefined,
    );
    await bmc().getChassisStatus();
    assert.equal(packets(relay, 'console', openSessionRequest).length, 2);
  });

  for (const [status, wanted] of [
    [0x09, 'IpmiAuthentication'],
    [0x0a, 'IpmiAuthentication'],
    [0x0d, 'IpmiAuthentication'],
  ] as const) {
    it(`takes status ${status.toString(16)}h as final`, async () => {
      await start();
      relay.rule = (seen) =>
        is(seen, 'bmc', rakp2)
          ? [withPayload(seen.packet, patched(seen.packet.payload, { [STATUS_AT]: status }))]
          : undefined;
      await assert.rejects(bmc().getChassisStatus(), (error: IpmiError) => {
        assert.deepEqual([error.code, error.rmcpStatus, error.retryable], [wanted, status, false]);
        return true;
      });
      assert.equal(packets(relay, 'console', openSessionRequest).length, 1);
    });
  }

  it('goes on when Open Session grants privilege 0', async () => {
    await start();
    relay.rule = (seen) =>
      is(seen, 'bmc', openSessionResponse)
        ? [withPayload(seen.packet, patched(seen.packet.payload, { 2: 0 }))]
        : undefined;
    await bmc().getChassisStatus();
  });

  it('takes other algorithms than it asked for as a refusal, and falls to the next suite', async () => {
    await start();
    const INTEGRITY_AT = 24;
    relay.rule = once((seen) =>
      is(seen, 'bmc', openSessionResponse)
        ? [withPayload(seen.packet, patched(seen.packet.payload, { [INTEGRITY_AT]: 1 }))]
        : undefined,
    );
    const one = bmc();
    await one.getChassisStatus();
    assert.equal(one.session?.cipherSuite, 3);
    assert.ok(pair.events.includes('suite-fallback: suite 17 refused, using 3'));
  });

  it('falls to the next suite also when the BMC lists none', async () => {
    await start({ cipherSuites: [3] });
    relay.rule = (seen) => (seen.packet.format === '1.5' ? [] : undefined);
    const one = bmc();
    await one.getChassisStatus();
    assert.equal(one.session?.cipherSuite, 3);
  });

  it('is refused by the virtual BMC when three allowed algorithms make no allowed suite', async () => {
    await start();
    const REQUESTED_INTEGRITY_AT = 20;
    relay.rule = once((seen) =>
      is(seen, 'console', openSessionRequest)
        ? [withPayload(seen.packet, patched(seen.packet.payload, { [REQUESTED_INTEGRITY_AT]: 1 }))]
        : undefined,
    );
    await bmc().getChassisStatus();
    const [first] = packets(relay, 'bmc', openSessionResponse);
    assert.equal(first?.payload[STATUS_AT], 0x11);
  });

  for (const [title, username, padUsername, length] of [
    ['no name', '', false, 0],
    ['16 bytes', 'sixteen-bytes-ok', false, 16],
    ['a padded name', 'ops', true, 16],
  ] as const) {
    it(`sends a user with ${title} with its length`, async () => {
      await start({ users: [{ name: padUsername ? username.padEnd(16, '\0') : username, password: 'secret' }] });
      await bmc({ username, padUsername }).getChassisStatus();
      const [payload] = packets(relay, 'console', rakp1).map((packet) => packet.payload);
      assert.equal(payload?.[27], length);
      assert.equal(payload?.toString('latin1', 28), username.padEnd(length, '\0'));
    });
  }

  it('asks for authentication capabilities with the 2.0 bit in 1.5 framing, and again without when refused', async () => {
    await start();
    const refuseOnce: Rule = once(({ from, packet }) => {
      if (from !== 'bmc' || packet.format !== '1.5') return undefined;
      const response = decodeResponse(packet.payload);
      return [encodePacket15(encodeResponse({ ...response, completionCode: 0xcc, data: new Uint8Array() }))];
    });
    relay.rule = refuseOnce;
    await pair.client.assess({ host: '127.0.0.1', port: relay.port });
    const channels = relay.seen.flatMap(({ from, packet }) =>
      from === 'console' && packet.format === '1.5' && packet.payload[5] === 0x38 ? [packet.payload[6]] : [],
    );
    assert.deepEqual(channels, [0x8e, 0x0e]);
  });
});
