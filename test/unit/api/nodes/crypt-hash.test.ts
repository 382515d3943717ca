import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cryptHash } from '../../../../api/nodes/crypt-hash.ts';

describe('cryptHash', () => {
  for (const password of ['x', 'drei ä ö ü', 'p'.repeat(63), 'q'.repeat(64), 'r'.repeat(65), 's'.repeat(200)]) {
    it(`gives what openssl gives for ${password.length} characters such as "${password.slice(0, 10)}"`, () => {
      const expected = execFileSync('openssl', ['passwd', '-6', '-salt', 'SixteenLetters..', '-stdin'], {
        input: `${password}\n`,
      });
      assert.equal(cryptHash(password, 'SixteenLetters..'), expected.toString().trim());
    });
  }

  it('takes another salt each time', () => {
    const hashes = [cryptHash('same'), cryptHash('same')];
    assert.notEqual(hashes[0], hashes[1]);
    for (const hash of hashes) assert.match(hash, /^\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/);
  });
});
