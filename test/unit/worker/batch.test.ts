import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBatch } from '../../../worker/batch.ts';

describe('createBatch', () => {
  it('writes the first item at once, and together what came meanwhile', async () => {
    const writes: (readonly number[])[] = [];
    const add = createBatch<number>(async (items) => {
      writes.push(items);
      await sleep(5);
    });
    const first = add(1);
    await sleep(0);
    await Promise.all([first, add(2), add(3)]);
    assert.deepEqual(writes, [[1], [2, 3]]);
  });

  it('resolves when the item was written, not before', async () => {
    let written = 0;
    const add = createBatch<number>(async (items) => {
      await sleep(5);
      written += items.length;
    });
    for (const item of [1, 2, 3]) {
      await add(item);
      assert.equal(written, item);
    }
  });
});
