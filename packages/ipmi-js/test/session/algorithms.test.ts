import assert from 'node:assert/strict';
import { createDecipheriv, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { CIPHER_SUITES } from '../../src/codec/cipher-suites.ts';
import { PAYLOAD, decodePacket } from '../../src/codec/packet.ts';
import type { Packet20 } from '../../src/codec/packet.ts';
import { AesCbc } from '../../src/session/aes-cbc.ts';
import { rakp4Length } from '../../src/session/algorithms.ts';
import { SessionCipher } from '../../src/session/cipher.ts';
import { KeyedHash } from '../../src/session/hmac.ts';

const key = Buffer.alloc(16, 7);
const nonce = Buffer.alloc(16, 9);
const anyBytes = fc.uint8Array({ maxLength: 200 });

/** Two ends of a session with made-up keys. */
function ends(suiteId: number): { near: SessionCipher; far: SessionCipher } {
  const suite = CIPHER_SUITES.get(suiteId);
  assert.ok(suite);
  const make = (): SessionCipher =>
    new SessionCipher({
      suite,
      keys: { sik: Buffer.alloc(32, 1), k1: Buffer.alloc(32, 2), k2: Buffer.alloc(32, 3) },
      password: Buffer.alloc(20, 4),
      peerSessionId: 0x1234,
      nonce: () => Buffer.alloc(16, 5),
    });
  return { near: make(), far: make() };
}

const asPacket = (datagram: Buffer): Packet20 => {
  const packet = decodePacket(datagram);
  assert.equal(packet.format, '2.0');
  return packet as Packet20;
};

describe('KeyedHash', () => {
  for (const [name, length] of [
    ['md5', 16],
    ['sha1', 20],
    ['sha256', 32],
  ] as const) {
    it(`makes the HMAC of node:crypto with ${name}, message after message`, () => {
      const aKey = fc.uint8Array({ maxLength: 64 });
      const messages = fc.array(fc.uint8Array({ maxLength: 1_500 }), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(aKey, messages, (secret, all) => {
          const keyed = new KeyedHash({ name, length }, secret);
          for (const message of all) {
            assert.deepEqual(keyed.code(message), createHmac(name, secret).update(message).digest());
          }
        }),
        { numRuns: 200 },
      );
    });
  }

  it('makes other codes once its key is wiped, and takes no key over a block', () => {
    const keyed = new KeyedHash({ name: 'sha256', length: 32 }, key);
    const before = keyed.code(nonce);
    keyed.destroy();
    assert.notDeepEqual(keyed.code(nonce), before);
    assert.throws(() => new KeyedHash({ name: 'sha256', length: 32 }, Buffer.alloc(65)), RangeError);
  });
});

describe('AES-CBC-128 payloads', () => {
  it('come back as they went, whole blocks long, one after the other', () => {
    const [near, far] = [new AesCbc(key), new AesCbc(key)];
    fc.assert(
      fc.property(anyBytes, (plain) => {
        const sealed = near.encrypt(nonce, plain);
        assert.equal(sealed.length % 16, 0);
        assert.deepEqual(new Uint8Array(far.decrypt(sealed)), plain);
      }),
    );
  });

  it('are what any CBC reads with the IV in front of them, also when a packet before was lost', () => {
    const near = new AesCbc(key);
    near.encrypt(nonce, Buffer.from('lost on the way'));
    const sealed = near.encrypt(nonce, Buffer.from('hello'));
    const plain = createDecipheriv('aes-128-cbc', key, sealed.subarray(0, 16))
      .setAutoPadding(false)
      .update(sealed.subarray(16));
    assert.deepEqual(plain, Buffer.from([...Buffer.from('hello'), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]));
  });

  it('have another IV for each nonce and each packet', () => {
    const near = new AesCbc(key);
    const ivs = [1, 2, 2].map((byte) => near.encrypt(Buffer.alloc(16, byte), nonce).toString('hex', 0, 16));
    assert.equal(new Set(ivs).size, 3);
    assert.ok(!ivs.includes('02'.repeat(16)), 'the nonce itself is not shown');
  });

  it('are refused when cut or when the pad is wrong', () => {
    const sealed = new AesCbc(key).encrypt(nonce, Buffer.from('hello'));
    for (let length = 0; length < sealed.length; length++) {
      assert.throws(() => new AesCbc(key).decrypt(sealed.subarray(0, length)));
    }
    assert.throws(() => new AesCbc(Buffer.alloc(16, 8)).decrypt(sealed), /pad/);
  });
});

describe('SessionCipher', () => {
  for (const suiteId of CIPHER_SUITES.keys()) {
    it(`carries payloads under suite ${suiteId}`, () => {
      const { near, far } = ends(suiteId);
      fc.assert(
        fc.property(anyBytes, (plain) => {
          const opened = far.open(asPacket(near.seal(PAYLOAD.ipmi, plain)));
          assert.deepEqual(new Uint8Array(opened ?? []), plain);
        }),
        { numRuns: 50 },
      );
    });
  }

  it('gives a packet once and not when it is replayed', () => {
    const { near, far } = ends(17);
    const datagram = near.seal(PAYLOAD.ipmi, Buffer.from('once'));
    assert.equal(far.open(asPacket(datagram))?.toString(), 'once');
    assert.equal(far.open(asPacket(datagram)), undefined);
  });

  it('refuses every single-bit change and every cut', () => {
    const { near, far } = ends(3);
    const datagram = near.seal(PAYLOAD.ipmi, Buffer.from('payload'));
    for (let bit = 4 * 8; bit < datagram.length * 8; bit++) {
      const damaged = Buffer.from(datagram);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => far.open(asPacket(damaged)), `bit ${bit}`);
    }
    for (let length = 0; length < datagram.length; length++) {
      assert.throws(() => far.open(asPacket(datagram.subarray(0, length))), `length ${length}`);
    }
    assert.ok(far.open(asPacket(datagram)), 'the true one still opens');
  });

  it('refuses clear and unsigned packets in an encrypted session', () => {
    const { far } = ends(17);
    const { near: clear } = ends(16);
    const { near: unsigned } = ends(15);
    assert.throws(() => far.open(asPacket(clear.seal(PAYLOAD.ipmi, Buffer.from('x')))), /clear payload/);
    assert.throws(() => far.open(asPacket(unsigned.seal(PAYLOAD.ipmi, Buffer.from('x')))), /unauthenticated/);
  });

  it('makes the signed range a multiple of four', () => {
    const { near } = ends(16);
    for (let length = 0; length < 9; length++) {
      assert.equal((near.seal(PAYLOAD.ipmi, new Uint8Array(length)).length - 4 - 16) % 4, 0);
    }
  });
});

describe('RAKP 4', () => {
  it('has a code as long as the authentication algorithm says', () => {
    assert.deepEqual([0, 1, 2, 3].map(rakp4Length), [0, 12, 16, 16]);
  });
});
