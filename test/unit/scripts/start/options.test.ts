import assert from 'node:assert/strict';
import { newCommand, readOptions } from '../../../../scripts/start/options.ts';

describe('the options of npm start', () => {
  it('are a lab of two machines unless said otherwise', () => {
    const flags = { journey: true, anew: false, once: false, help: false };
    const expected = { fake: undefined, nodes: 2, labName: 'lab', ...flags };
    assert.deepEqual(readOptions([]), expected);
  });

  it('take a number of fake nodes', () => {
    assert.equal(readOptions(['--fake', '50']).fake, 50);
  });

  for (const word of ['0', '-3', '2.5', 'many', '1001'])
    it(`refuse --fake ${word} and say why`, () => {
      assert.throws(() => readOptions([`--fake=${word}`]), /--fake takes a whole number from 1 to 1000/);
    });

  it('are said again by the command that begins anew', () => {
    for (const words of [[], ['--fake', '50'], ['--name', 'mine', '--nodes', '3']]) {
      const command = newCommand(readOptions(words));
      assert.equal(command, ['npm start --', ...words, '--new'].join(' '));
      assert.equal(readOptions(command.split(' ').slice(3)).anew, true);
    }
  });

  it('refuse what they do not know', () => {
    assert.throws(() => readOptions(['--fast']), /--fast/);
  });
});
