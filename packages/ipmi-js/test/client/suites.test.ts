import assert from 'node:assert/strict';
import { CIPHER_SUITES, CONFIDENTIALITY, DEFAULT_SUITES } from '../../src/codec/cipher-suites.ts';
import { aPair } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

const ALL = [...CIPHER_SUITES.keys()];
/** As long as they may be, so that every byte of them counts. */
const PASSWORD = 'a-password-of-20-byt';
const KG = 'a-key-of-20-bytes-xx';

describe('cipher suites', () => {
  let pair: Pair;
  before(async () => {
    const users = [{ name: 'admin', password: PASSWORD }];
    pair = await aPair({ users, kg: KG, cipherSuites: ALL }, { password: PASSWORD, kg: KG });
  });
  after(() => pair.stop());

  it('are these', () => assert.deepEqual(ALL, [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17]));

  for (const suite of ALL) {
    it(`${suite} carries commands when it is named, and checks the password unless it is 0`, async () => {
      const bmc = pair.another({ cipherSuites: [suite] });
      await bmc.chassisControl('reset');
      assert.equal((await bmc.getDeviceId()).deviceId, 0x20);
      assert.equal(bmc.session?.cipherSuite, suite);
      await bmc.close();
      const stranger = pair.another({ cipherSuites: [suite], password: `${PASSWORD.slice(0, 19)}!` });
      if (suite === 0) await stranger.getDeviceId();
      else await assert.rejects(stranger.getDeviceId(), { code: 'IpmiAuthentication' });
    });
  }

  it('that are used unnamed are confidential', async () => {
    for (const suite of DEFAULT_SUITES) {
      assert.notEqual(CIPHER_SUITES.get(suite)?.confidentiality, CONFIDENTIALITY.none);
    }
    await pair.bmc.getDeviceId();
    assert.equal(pair.bmc.session?.cipherSuite, 17);
  });
});
