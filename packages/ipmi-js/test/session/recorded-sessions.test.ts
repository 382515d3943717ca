import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { CIPHER_SUITES } from '../../src/codec/cipher-suites.ts';
import { decodeRequest, decodeResponse } from '../../src/codec/message.ts';
import { decodePacket } from '../../src/codec/packet.ts';
import type { Packet20 } from '../../src/codec/packet.ts';
import { SessionCipher } from '../../src/session/cipher.ts';
import { deriveKeys, paddedSecret, rakp2Code, rakp3Code, rakp4Code } from '../../src/session/keys.ts';
import { readSession } from '../support/opened-recording.ts';
import { readRecording } from '../support/recording.ts';

const SESSIONS = [
  { file: 'ipmitool-ipmi-sim-suite-3', suite: 3, password: 'test', commands: ['06/3b', '00/01', '06/3c'] },
  { file: 'ipmitool-goipmi-suite-17', suite: 17, password: 'ADMIN', commands: ['06/3b', '00/01', '06/3c'] },
  { file: 'ipmitool-goipmi-bootdev', suite: 17, password: 'ADMIN', commands: ['00/08', '06/3c'] },
] as const;

const equal = (actual: Uint8Array, expected: Uint8Array): void =>
  assert.equal(Buffer.from(actual).toString('hex'), Buffer.from(expected).toString('hex'));

describe('sessions recorded between other programs', () => {
  for (const { file, suite, password, commands } of SESSIONS) {
    describe(readRecording(file).source, () => {
      const kuid = paddedSecret(password, 'password');
      const recorded = readSession(file);

      it('agrees with the codes of RAKP 2, 3 and 4', () => {
        const { facts, codes } = recorded;
        equal(rakp2Code(facts, kuid), codes.rakp2);
        equal(rakp3Code(facts, kuid), codes.rakp3);
        equal(rakp4Code(facts, deriveKeys(facts, kuid).sik), codes.rakp4);
      });

      it('does not agree under another password', () => {
        const other = paddedSecret('other', 'password');
        assert.notDeepEqual(rakp2Code(recorded.facts, other), Buffer.from(recorded.codes.rakp2));
      });

      it('opens every packet and finds the commands', () => {
        const algorithms = CIPHER_SUITES.get(suite);
        assert.ok(algorithms);
        const cipher = (): SessionCipher =>
          new SessionCipher({
            suite: algorithms,
            keys: deriveKeys(recorded.facts, kuid),
            password: kuid,
            peerSessionId: 1,
            nonce: () => new Uint8Array(16),
          });
        const ends = { console: cipher(), bmc: cipher() };
        const seen: string[] = [];
        for (const { from, packet } of recorded.inSession) {
          const payload = ends[from].open(packet);
          assert.ok(payload, 'every packet is new');
          if (from === 'bmc') {
            // goipmi-server answers to 20h instead of the console.
            assert.ok([0x20, 0x81].includes(decodeResponse(payload).rqAddr));
            continue;
          }
          const { netFn, cmd } = decodeRequest(payload);
          seen.push(`${netFn.toString(16).padStart(2, '0')}/${cmd.toString(16).padStart(2, '0')}`);
        }
        for (const wanted of commands) assert.ok(seen.includes(wanted), `${wanted} in ${seen.join(' ')}`);
      });

      it('refuses a packet with any one bit of its trailer flipped', () => {
        const algorithms = CIPHER_SUITES.get(suite);
        const sample = recorded.inSession[0]?.packet;
        assert.ok(algorithms && sample);
        const damaged = Buffer.from(sample.datagram);
        damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1;
        const packet = decodePacket(damaged);
        assert.equal(packet.format, '2.0');
        const cipher = new SessionCipher({
          suite: algorithms,
          keys: deriveKeys(recorded.facts, kuid),
          password: kuid,
          peerSessionId: 1,
          nonce: () => new Uint8Array(16),
        });
        assert.throws(() => cipher.open(packet as Packet20), /wrong AuthCode/);
      });
    });
  }
});

describe('key derivation, recomputed from the words of the specification', () => {
  // IPMI v2.0 §13.31–13.32, written out byte by byte and without this library's code.
  it('makes SIK, K1 and K2 of suite 17', () => {
    const rm = Buffer.alloc(16, 0xa1);
    const rc = Buffer.alloc(16, 0xb2);
    const name = Buffer.from('ops');
    const kg = Buffer.alloc(20);
    kg.write('kilogram');
    const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest();
    const sik = hmac(kg, Buffer.concat([rm, rc, Buffer.from([0x14, 3]), name]));
    const k1 = hmac(sik, Buffer.from('01'.repeat(20), 'hex'));
    const k2 = hmac(sik, Buffer.from('02'.repeat(20), 'hex'));
    const keys = deriveKeys(
      {
        auth: 3,
        consoleSessionId: 1,
        bmcSessionId: 2,
        consoleRandom: rm,
        bmcRandom: rc,
        guid: Buffer.alloc(16),
        role: 0x14,
        userName: name,
      },
      kg,
    );
    equal(keys.sik, sik);
    equal(keys.k1, k1);
    equal(keys.k2, k2);
  });

  it('refuses secrets over 20 bytes instead of cutting them', () => {
    assert.throws(() => paddedSecret('123456789012345678901', 'password'), /password has 21 bytes/);
    assert.equal(paddedSecret('12345678901234567890', 'password').length, 20);
  });
});
