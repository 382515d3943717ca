import assert from 'node:assert/strict';
import { readOptions } from '../../../../scripts/start/options.ts';

describe('the options of npm start', () => {
  it('are a lab of two machines unless said otherwise', () => {
    const expected = { fake: undefined, nodes: 2, labName: 'lab', journey: true, once: false, help: false };
    assert.deepEqual(readOptions([]), expected);
  });

  it('take a number of fake nodes', () => {
    assert.equal(readOptions(['--fake', '50']).fake, 50);
  });

  for (const word of ['0', '-3', '2.5', 'many', '1001'])
    it(`refuse --fake ${word} and say why`, () => {
      assert.throws(() => readOptions([`--fake=${word}`]), /--fake takes a whole number from 1 to 1000/);
    });

  it('refuse what they do not know', () => {
    assert.throws(() => readOptions(['--fast']), /--fast/);
  });
});
