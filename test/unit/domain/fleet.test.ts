import assert from 'node:assert/strict';
import { failsTooOften, rackLimit, selectsNothing } from '../../../domain/fleet.ts';

const limits = { windowMinutes: 60, maxPercentPerRack: 25, stopAtErrorPercent: 50 };

describe('the limits of a scheduled cleaning', () => {
  it('mean no node by a selector that names nothing', () => {
    for (const selector of [{}, { nodes: [], traits: [] }, { rack: '' }, { all: false }])
      assert.ok(selectsNothing(selector));
    for (const selector of [{ all: true }, { rack: 'r1' }, { nodes: ['n'] }, { traits: ['CUSTOM_A'] }])
      assert.ok(!selectsNothing(selector));
  });

  it('allow a share of the rack, rounded down, but always one node', () => {
    assert.deepEqual(
      [1, 3, 4, 7, 8, 100].map((size) => rackLimit(size, limits)),
      [1, 1, 1, 1, 2, 25],
    );
  });

  it('stop above the share of failures, not at it', () => {
    assert.equal(failsTooOften({ cleaned: 0, failed: 0, skipped: 5 }, limits), false);
    assert.equal(failsTooOften({ cleaned: 1, failed: 1, skipped: 0 }, limits), false);
    assert.equal(failsTooOften({ cleaned: 1, failed: 2, skipped: 0 }, limits), true);
  });
});
