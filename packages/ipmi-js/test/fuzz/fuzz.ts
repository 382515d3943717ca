import type { Socket } from 'node:dgram';
import { CIPHER_SUITES } from '../../src/codec/cipher-suites.ts';
import { decodeFru } from '../../src/codec/fru.ts';
import { MalformedError } from '../../src/codec/bytes.ts';
import { decodeSdr } from '../../src/codec/sdr.ts';
import { encodeRequest, encodeResponse } from '../../src/codec/message.ts';
import { PAYLOAD, encodePacket20 } from '../../src/codec/packet.ts';
import { commands } from '../../src/index.ts';
import { VirtualBmc } from '../../src/server/index.ts';
import type { VirtualBmcOptions } from '../../src/server/index.ts';
import { ClientSession } from '../../src/session/client-session.ts';
import { RoundTrip } from '../../src/session/rtt.ts';
import { Transport } from '../../src/session/transport.ts';
import { SolLink } from '../../src/sol/sol-link.ts';
import { aMachine, aPair, anEcho } from '../support/pair.ts';
import { readRecording } from '../support/recording.ts';

/** A target takes one mutated message; it must not throw. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  readonly take: (message: Buffer) => void;
  readonly stop: () => Promise<void>;
}

/** Repeatable random numbers 0 ≤ x < 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Mutation = (message: Buffer, random: () => number) => Buffer;

const at = (message: Buffer, random: () => number): number => Math.floor(random() * message.length);

/** Flips, sets, cuts, grows, repeats and splices. */
const MUTATIONS: readonly Mutation[] = [
  (message, random) => {
    const index = at(message, random);
    if (message.length > 0) message[index] = (message[index] ?? 0) ^ (1 << Math.floor(random() * 8));
    return message;
  },
  (message, random) => {
    if (message.length > 0) message[at(message, random)] = [0, 1, 0x7f, 0x80, 0xff][Math.floor(random() * 5)] ?? 0;
    return message;
  },
  (message, random) => message.subarray(0, at(message, random)),
  (message, random) => Buffer.concat([message, Buffer.alloc(Math.floor(random() * 40), Math.floor(random() * 256))]),
  (message, random) => {
    const from = at(message, random);
    return Buffer.concat([message.subarray(0, from), message.subarray(at(message, random))]);
  },
];

/** A changed copy of one of the seeds. */
export function mutate(seeds: readonly Buffer[], random: () => number): Buffer {
  let message: Buffer = Buffer.from(seeds[Math.floor(random() * seeds.length)] ?? []);
  const rounds = Math.floor(random() * 4);
  for (let round = 0; round < rounds; round++) {
    const mutation = MUTATIONS[Math.floor(random() * MUTATIONS.length)];
    if (mutation !== undefined) message = mutation(message, random);
  }
  return message;
}

const RECORDINGS = ['ipmitool-ipmi-sim-suite-3', 'ipmitool-goipmi-suite-17', 'ipmitool-goipmi-bootdev'];
const recorded = (from: 'console' | 'bmc'): Buffer[] =>
  RECORDINGS.flatMap((name) => readRecording(name).datagrams)
    .filter((datagram) => datagram.from === from)
    .map(({ bytes }) => bytes);

const PEER = { address: '127.0.0.1', port: 40_000 };
const OPEN_SUITE = 15;

/** A request for every command, empty and with some data, and one that carries another. */
const requests = (): Buffer[] => [
  ...Object.values(commands).flatMap(({ netFn, cmd }) =>
    [0, 6, 20].map((length) => request(netFn, cmd, Buffer.alloc(length, 1))),
  ),
  request(0x06, 0x34, Buffer.concat([Buffer.of(0x01), request(0x06, 0x01, Buffer.of(9), 1)])),
];

const request = (netFn: number, cmd: number, data: Buffer, rsAddr = 0x20): Buffer =>
  encodeRequest({ rsAddr, netFn, rsLun: 0, rqAddr: 0x81, rqSeq: 1, rqLun: 0, cmd, data });

const responses = (): Buffer[] =>
  Object.values(commands).map(({ netFn, cmd }) =>
    encodeResponse({
      rsAddr: 0x20,
      netFn,
      rsLun: 0,
      rqAddr: 0x81,
      rqSeq: 1,
      rqLun: 0,
      cmd,
      completionCode: 0,
      data: Buffer.alloc(24, 1),
    }),
  );

/** Datagrams outside sessions and with unknown sessions at the virtual BMC. */
async function serverTarget(): Promise<Target> {
  const server = new VirtualBmc({ port: 0, users: [{ name: 'ADMIN', password: 'ADMIN' }], chassis: aMachine() });
  await server.start();
  return {
    name: 'server datagrams',
    seeds: recorded('console'),
    take: (datagram) => server.receive(datagram, PEER),
    stop: () => server.stop(),
  };
}

/** A BMC with something behind each command. */
const EQUIPPED: Partial<VirtualBmcOptions> = {
  cipherSuites: [OPEN_SUITE],
  console: anEcho,
  watts: 9,
  onAlert: () => {},
  satellites: [{ channel: 1, address: 1, answer: (_netFn, _cmd, data) => ({ completionCode: 0, data }) }],
  i2c: [{ address: 0, transfer: (write) => write }],
  sensors: [
    { number: 1, name: 'CPU', type: 1, unit: 1, raw: 40, thresholds: { uc: 90 } },
    { number: 2, name: 'PSU', type: 8, states: 1 },
  ],
  sel: [{ sensorType: 1, sensorNumber: 1, eventType: 1, data: [1, 2, 3] }],
  frus: [{ board: { serial: 'B1' } }, { id: 1, product: { name: 'Fuzz' } }],
};

/** IPMI and SOL payloads inside an open session of the virtual BMC, which knows every command. */
async function serverSessionTarget(): Promise<Target> {
  let session: Buffer | undefined;
  const pair = await aPair(EQUIPPED, { cipherSuites: [OPEN_SUITE] });
  const receive = pair.server.receive.bind(pair.server);
  pair.server.receive = (datagram, from) => {
    if (datagram[4] === 6 && datagram.readUInt32LE(6) !== 0) session = datagram;
    receive(datagram, from);
  };
  await pair.bmc.setBootFlags({});
  const sessionId = session?.readUInt32LE(6) ?? 0;
  let sequence = 1_000;
  const closing = `${0x06}/${0x3c}`;
  return {
    name: 'server payloads in a session',
    seeds: requests(),
    take: (payload) => {
      // Close Session and resets would end what is under test.
      if (`${(payload[1] ?? 0) >> 2}/${payload[5] ?? 0}` === closing || payload[5] === 2 || payload[5] === 3) return;
      sequence += 1;
      const payloadType = sequence % 5 === 0 ? PAYLOAD.sol : PAYLOAD.ipmi;
      receive(encodePacket20({ payloadType, sessionId, sequence, payload }), PEER);
    },
    stop: () => pair.stop(),
  };
}

/** Datagrams at the client's transport, for a session, during a handshake and out of the blue. */
async function clientTarget(): Promise<Target> {
  const transport = new Transport({ lanes: 1, localAddress: undefined });
  const remote = { ...PEER, family: 4, lane: 0 } as const;
  const suite = CIPHER_SUITES.get(OPEN_SUITE);
  if (suite === undefined) throw new Error('no suite');
  const socket = { send: () => {} } as unknown as Socket;
  const key = (): Buffer => Buffer.alloc(32);
  const link = makeLink();
  const session = new ClientSession({
    transport,
    socket,
    remote,
    suite,
    agreed: {
      result: 'agreed',
      sessionId: 77,
      bmcSessionId: 78,
      guid: key(),
      keys: { sik: key(), k1: key(), k2: key() },
    },
    password: Buffer.alloc(20),
    roundTrip: new RoundTrip({ firstMs: 100, chance: () => 0 }),
    ignoreChecksum: false,
    onRetransmit: () => {},
  });
  session.onSol = (payload) => quietly(() => link.receive(payload));
  let sequence = 0;
  const seal = (payload: Buffer): Buffer => {
    sequence += 1;
    const payloadType = sequence % 3 === 0 ? PAYLOAD.sol : PAYLOAD.ipmi;
    return encodePacket20({ payloadType, sessionId: 77, sequence, payload });
  };
  return {
    name: 'client datagrams',
    seeds: [...recorded('bmc'), ...responses().map(seal)],
    take: (datagram) => {
      transport.receive(datagram, PEER);
      transport.receive(seal(datagram), PEER);
    },
    stop: async () => {
      session.drop();
      link.close();
      await transport.close();
    },
  };
}

function makeLink(): SolLink {
  return new SolLink({
    maxData: 200,
    send: () => {},
    onData: () => {},
    onBits: () => {},
    canAccept: () => true,
    retryMs: () => 1_000_000,
    onDead: () => {},
    maxTries: 3,
    refuseBits: 0x40,
  });
}

/** A SOL link with characters on the way. */
async function solTarget(): Promise<Target> {
  const link = makeLink();
  return {
    name: 'SOL payloads',
    seeds: [Buffer.from([1, 0, 0, 0, 0x61]), Buffer.from([0, 1, 5, 0]), Buffer.from([2, 3, 1, 0x40, 0x62])],
    take: (payload) => {
      if (link.backlog < 1_000) link.write(Buffer.from('typed text'));
      quietly(() => link.receive(payload));
    },
    stop: async () => link.close(),
  };
}

/** Stored data that a BMC hands out: SDRs and FRU images. */
async function dataTarget(): Promise<Target> {
  return {
    name: 'SDR and FRU',
    seeds: [
      Buffer.from(
        '0100510131200001070170480101000000000000000001000001000000000000000000ff0000000000000000000000000000c643505520543a',
        'hex',
      ),
      Buffer.from('0100000001000000fe010319a9b2c4c3414e4ec35642' + '31c0c0c0c1000000', 'hex'),
    ],
    take: (data) => {
      quietly(() => decodeSdr(data));
      quietly(() => decodeFru(data));
    },
    stop: async () => {},
  };
}

/** Refusing bytes is what decoders are for; everything else is a fault. */
function quietly(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
  }
}

/** What the run of one target showed. */
export interface FuzzResult {
  readonly name: string;
  readonly messages: number;
  readonly perSecond: number;
  /** Growth of the heap in MiB between the first tenth and the end, both after collection where `gc` is exposed. */
  readonly heapGrowthMib: number;
}

const heapMib = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const BATCH = 2_000;

/** Throws `messages` mutated messages at every target, a fair share each. */
export async function fuzz(messages: number, seed: number): Promise<FuzzResult[]> {
  const makers = [serverTarget, serverSessionTarget, clientTarget, solTarget, dataTarget];
  const share = Math.ceil(messages / makers.length);
  const results: FuzzResult[] = [];
  for (const make of makers) {
    const target = await make();
    const random = randomFrom(seed);
    const started = performance.now();
    let base = heapMib();
    for (let done = 0; done < share; done++) {
      target.take(mutate(target.seeds, random));
      if (done % BATCH === 0) await new Promise((resolve) => setImmediate(resolve));
      if (done === Math.floor(share / 10)) base = heapMib();
    }
    const perSecond = Math.round((share / (performance.now() - started)) * 1_000);
    results.push({ name: target.name, messages: share, perSecond, heapGrowthMib: heapMib() - base });
    await target.stop();
  }
  return results;
}
