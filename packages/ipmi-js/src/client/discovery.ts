import type { Socket } from 'node:dgram';
import { MalformedError } from '../codec/bytes.ts';
import { decodeSuiteRecords } from '../codec/cipher-suites.ts';
import type { SuiteRecord } from '../codec/cipher-suites.ts';
import { CC } from '../codec/completion-codes.ts';
import { decode, encode } from '../codec/layout.ts';
import { BMC_ADDRESS, CONSOLE_ADDRESS, decodeResponse, encodeRequest } from '../codec/message.ts';
import { encodeAsf, encodePacket15 } from '../codec/packet.ts';
import type { Command } from '../commands/command.ts';
import { getChannelAuthCapabilities } from '../commands/get-channel-auth-capabilities.ts';
import { getChannelCipherSuites } from '../commands/get-channel-cipher-suites.ts';
import type { Call } from '../session/call.ts';
import type { RoundTrip } from '../session/rtt.ts';
import type { Remote, Transport } from '../session/transport.ts';

/** What discovery needs: a way to one address. */
export interface DiscoveryPath {
  readonly transport: Transport;
  readonly socket: Socket;
  readonly remote: Remote;
  readonly roundTrip: RoundTrip;
}

/** What a BMC says about logging in, before any log in (IPMI v2.0 §22.13). */
export type AuthCapabilities = ReturnType<typeof getChannelAuthCapabilities.response.read>;

const CURRENT_CHANNEL = 0x0e;
const TRIES = 4;
const LIST_LIMIT = 0x40;
const LIST_PAGE = 16;
const ASF_PING = 0x80;
const ASF_PONG = 0x40;
let nextSequence = 0;

interface PlainAnswer {
  readonly completionCode: number;
  readonly data: Uint8Array;
}

/** Sends a command outside any session in IPMI 1.5 framing; undefined after silence. */
async function askPlain<Q, S>(
  path: DiscoveryPath,
  call: Call,
  command: Command<Q, S>,
  request: Q,
): Promise<PlainAnswer | undefined> {
  const rqSeq = (nextSequence = (nextSequence + 1) % 64);
  const datagram = encodePacket15(
    encodeRequest({
      rsAddr: BMC_ADDRESS,
      netFn: command.netFn,
      rsLun: 0,
      rqAddr: CONSOLE_ADDRESS,
      rqSeq,
      rqLun: 0,
      cmd: command.cmd,
      data: encode(command.request, request),
    }),
  );
  for (let attempt = 0; attempt < TRIES && call.remainingMs > 0; attempt++) {
    const answer = await call.wait<PlainAnswer>(path.roundTrip.waitMs(attempt), (done) => {
      const stop = path.transport.listenPlain(path.remote, (packet) => {
        if (packet.format !== '1.5') return;
        const response = tryResponse(packet.payload);
        if (response?.rqSeq === rqSeq && response.cmd === command.cmd) done(response);
      });
      path.transport.send(path.socket, path.remote, datagram);
      return stop;
    });
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function tryResponse(payload: Uint8Array): ReturnType<typeof decodeResponse> | undefined {
  try {
    return decodeResponse(payload);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/**
 * Get Channel Authentication Capabilities; asks for IPMI 2.0 data first and again without that bit
 * when a 1.5 BMC refuses it. Undefined when the BMC is silent or refuses both.
 */
export async function discoverAuth(path: DiscoveryPath, call: Call): Promise<AuthCapabilities | undefined> {
  for (const wantExtended of [true, false]) {
    const answer = await askPlain(path, call, getChannelAuthCapabilities, {
      wantExtended,
      channel: CURRENT_CHANNEL,
      privilege: 4,
    });
    if (answer === undefined) return undefined;
    if (answer.completionCode === CC.ok) return decode(getChannelAuthCapabilities.response, answer.data);
  }
  return undefined;
}

/** Get Channel Cipher Suites in list mode; undefined when the BMC is silent or does not know the command. */
export async function discoverSuites(path: DiscoveryPath, call: Call): Promise<SuiteRecord[] | undefined> {
  const pages: Uint8Array[] = [];
  for (let index = 0; index < LIST_LIMIT; index++) {
    const answer = await askPlain(path, call, getChannelCipherSuites, {
      channel: CURRENT_CHANNEL,
      payloadType: 0,
      bySuite: true,
      index,
    });
    if (answer === undefined || answer.completionCode !== CC.ok) {
      return index === 0 ? undefined : decodeSuiteRecords(Buffer.concat(pages));
    }
    const { records } = decode(getChannelCipherSuites.response, answer.data);
    pages.push(records);
    if (records.length < LIST_PAGE) break;
  }
  return decodeSuiteRecords(Buffer.concat(pages));
}

/** True when something at the address answers an ASF presence ping with IPMI support (IPMI v2.0 §13.2.4). */
export async function pingRmcp(path: DiscoveryPath, call: Call): Promise<boolean> {
  const tag = (nextSequence = (nextSequence + 1) % 64);
  for (let attempt = 0; attempt < TRIES && call.remainingMs > 0; attempt++) {
    const pong = await call.wait<true>(path.roundTrip.waitMs(attempt), (done) => {
      const stop = path.transport.listenPlain(path.remote, (packet) => {
        if (packet.format === 'asf' && packet.type === ASF_PONG && packet.tag === tag) done(true);
      });
      path.transport.send(path.socket, path.remote, encodeAsf(ASF_PING, tag));
      return stop;
    });
    if (pong === true) return true;
  }
  return false;
}
