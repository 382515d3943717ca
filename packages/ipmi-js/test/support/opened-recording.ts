import assert from 'node:assert/strict';
import { CIPHER_SUITES } from '../../src/codec/cipher-suites.ts';
import { decodeRequest, decodeResponse } from '../../src/codec/message.ts';
import { decodeOpenSessionRequest, decodeOpenSessionResponse } from '../../src/codec/open-session.ts';
import { PAYLOAD, decodePacket } from '../../src/codec/packet.ts';
import type { Packet20 } from '../../src/codec/packet.ts';
import { decodeRakp1, decodeRakp2, decodeRakp34 } from '../../src/codec/rakp.ts';
import { SessionCipher } from '../../src/session/cipher.ts';
import { deriveKeys, paddedSecret } from '../../src/session/keys.ts';
import type { RakpFacts } from '../../src/session/keys.ts';
import { readRecording } from './recording.ts';

/** One recorded session: what its handshake said, and the sealed packets after it. */
export interface RecordedSession {
  readonly facts: RakpFacts;
  readonly codes: { rakp2: Uint8Array; rakp3: Uint8Array; rakp4: Uint8Array };
  readonly inSession: { from: 'console' | 'bmc'; packet: Packet20 }[];
}

/** Reads the one session that a recording holds. */
export function readSession(file: string): RecordedSession {
  const packets = readRecording(file).datagrams.map(({ from, bytes }) => ({ from, packet: decodePacket(bytes) }));
  const modern = packets.filter(
    (one): one is { from: 'console' | 'bmc'; packet: Packet20 } => one.packet.format === '2.0',
  );
  const payload = (type: number): Buffer => {
    const found = modern.find(({ packet }) => packet.payloadType === type && packet.sessionId === 0);
    assert.ok(found, `payload type ${type}`);
    return found.packet.payload;
  };
  const asked = decodeOpenSessionRequest(payload(PAYLOAD.openSessionRequest));
  const opened = decodeOpenSessionResponse(payload(PAYLOAD.openSessionResponse));
  const first = decodeRakp1(payload(PAYLOAD.rakp1));
  const second = decodeRakp2(payload(PAYLOAD.rakp2));
  return {
    facts: {
      auth: asked.auth,
      consoleSessionId: asked.consoleSessionId,
      bmcSessionId: opened.bmcSessionId ?? 0,
      consoleRandom: first.consoleRandom,
      bmcRandom: second.bmcRandom ?? new Uint8Array(),
      guid: second.guid ?? new Uint8Array(),
      role: first.role,
      userName: first.userName,
    },
    codes: {
      rakp2: second.authCode ?? new Uint8Array(),
      rakp3: decodeRakp34(payload(PAYLOAD.rakp3)).authCode,
      rakp4: decodeRakp34(payload(PAYLOAD.rakp4)).authCode,
    },
    inSession: modern.filter(({ packet }) => packet.sessionId !== 0),
  };
}

/** A command and its answer as two other programs exchanged them. */
export interface Exchange {
  readonly netFn: number;
  readonly cmd: number;
  readonly request: Uint8Array;
  readonly completionCode: number;
  readonly response: Uint8Array;
}

/** Opens the packets of a recorded session, whose password is known, and pairs requests with their answers. */
export function openRecording(
  file: string,
  { suite, password }: { readonly suite: number; readonly password: string },
): { source: string; exchanges: Exchange[] } {
  const { facts, inSession } = readSession(file);
  const kuid = paddedSecret(password, 'password');
  const algorithms = CIPHER_SUITES.get(suite);
  assert.ok(algorithms);
  const keys = deriveKeys(facts, kuid);
  const cipher = () =>
    new SessionCipher({ suite: algorithms, keys, password: kuid, peerSessionId: 1, nonce: () => new Uint8Array(16) });
  const ends = { console: cipher(), bmc: cipher() };
  const asked = new Map<string, Uint8Array>();
  const exchanges: Exchange[] = [];
  for (const { from, packet } of inSession) {
    const payload = ends[from].open(packet);
    if (payload === undefined) continue;
    const { netFn, cmd, rqSeq, data } = from === 'console' ? decodeRequest(payload) : decodeResponse(payload);
    const key = `${netFn}/${cmd}/${rqSeq}`;
    if (from === 'console') asked.set(key, Buffer.from(data));
    const request = asked.get(key);
    if (from === 'console' || request === undefined) continue;
    const { completionCode } = decodeResponse(payload);
    exchanges.push({ netFn, cmd, request, completionCode, response: Buffer.from(data) });
  }
  return { source: readRecording(file).source, exchanges };
}
