import assert from 'node:assert/strict';
import { fuzz } from './fuzz.ts';

describe('fuzz', () => {
  it('survives 25,000 mutated messages at client, SOL, server and decoders', async () => {
    const results = await fuzz(25_000, 20_260_101);
    assert.equal(results.length, 5);
    for (const { name, heapGrowthMib } of results)
      assert.ok(heapGrowthMib < 64, `${name} grew by ${heapGrowthMib} MiB`);
  }).timeout(120_000);
});
