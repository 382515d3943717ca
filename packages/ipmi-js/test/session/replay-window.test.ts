import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReplayWindow } from '../../src/session/replay-window.ts';

describe('ReplayWindow', () => {
  it('never accepts 0', () => {
    assert.equal(new ReplayWindow().accept(0), false);
  });

  it('accepts late packets within the window once', () => {
    const window = new ReplayWindow();
    assert.equal(window.accept(40), true);
    assert.equal(window.accept(39), true);
    assert.equal(window.accept(39), false);
    assert.equal(window.accept(9), true);
    assert.equal(window.accept(8), false);
  });

  it('accepts numbers across the wrap', () => {
    const window = new ReplayWindow();
    assert.equal(window.accept(0xffff_ffff), true);
    assert.equal(window.accept(1), true);
    assert.equal(window.accept(0xffff_ffff), false);
  });

  it('begins anywhere, also in the upper half', () => {
    assert.equal(new ReplayWindow().accept(0x9000_0000), true);
  });

  it('accepts each number of any shuffle at most once, and all of a mild one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: 200 }), (numbers) => {
        const window = new ReplayWindow();
        const accepted = numbers.filter((one) => window.accept(one));
        assert.equal(new Set(accepted).size, accepted.length);
      }),
    );
    const window = new ReplayWindow();
    for (let i = 1; i < 1000; i += 2) {
      assert.ok(window.accept(i + 1));
      assert.ok(window.accept(i));
    }
  });
});
