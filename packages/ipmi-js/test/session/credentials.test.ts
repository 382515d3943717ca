import assert from 'node:assert/strict';
import { CIPHER_SUITES } from '../../src/codec/cipher-suites.ts';
import { SessionCipher } from '../../src/session/cipher.ts';
import { Credentials } from '../../src/session/credentials.ts';

const zeroed = (...secrets: Uint8Array[]): boolean => secrets.every((secret) => secret.every((byte) => byte === 0));

describe('Credentials', () => {
  it('hash the whole role byte that RAKP 1 carries, name-only bit included', () => {
    const { role, hashedRole, openPrivilege } = new Credentials({ privilege: 'operator' });
    assert.deepEqual([role, hashedRole, openPrivilege], [0x13, 0x13, 0]);
    assert.equal(new Credentials({ nameOnlyLookup: false }).role, 0x04);
  });

  it('hash the privilege of Open Session for the boards that do', () => {
    const { role, hashedRole, openPrivilege } = new Credentials({ hashOpenSessionPrivilege: true });
    assert.deepEqual([role, hashedRole, openPrivilege], [0x14, 0x04, 0x04]);
  });

  it('pad secrets with zeros to 20 bytes and use the password where no Kg is set', () => {
    const { kuid, kg } = new Credentials({ password: 'secret' });
    assert.equal(kuid.toString('latin1'), 'secret'.padEnd(20, '\0'));
    assert.deepEqual(kg, kuid);
    assert.notEqual(new Credentials({ password: 'secret', kg: Buffer.of(1) }).kg, kuid);
  });

  it('zero their secrets', () => {
    const credentials = new Credentials({ password: 'secret', kg: 'kilogram' });
    credentials.destroy();
    assert.ok(zeroed(credentials.kuid, credentials.kg));
  });
});

describe('SessionCipher.destroy', () => {
  for (const id of [3, 12, 17]) {
    it(`zeroes the keys of suite ${id}`, () => {
      const suite = CIPHER_SUITES.get(id);
      assert.ok(suite);
      const keys = { sik: Buffer.alloc(20, 1), k1: Buffer.alloc(20, 2), k2: Buffer.alloc(20, 3) };
      const nonce = (): Buffer => Buffer.alloc(16, 5);
      const cipher = new SessionCipher({ suite, keys, password: Buffer.alloc(20, 4), peerSessionId: 1, nonce });
      cipher.seal(0, Buffer.from('used'));
      cipher.destroy();
      assert.ok(zeroed(keys.sik, keys.k1, keys.k2));
    });
  }
});
