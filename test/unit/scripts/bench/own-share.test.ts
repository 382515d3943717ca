import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { sharesOf } from '../../../../scripts/bench/own-share.ts';
import { decodeHistory } from '../../../workflows/support/history.ts';

const recorded = async (name: string) => {
  const bytes = await readFile(new URL(`../../../workflows/histories/${name}.unreleased.pb`, import.meta.url));
  return decodeHistory(bytes).events ?? [];
};

describe('sharesOf', () => {
  it('gives the machine its boot and the agent its commands, and counts the rest as our own', async () => {
    const shares = sharesOf(await recorded('deploy-by-agent'));
    assert.deepEqual(Object.keys(shares.agent).toSorted(), ['prepareInstanceBoot', 'writeImage']);
    const external = shares.booting + Object.values(shares.agent).reduce((sum, seconds) => sum + seconds, 0);
    assert.ok(shares.own > 0 && external > 0);
    assert.ok(Math.abs(shares.total - shares.own - external) < 1e-6);
    assert.ok(shares.devices > 0 && shares.devices < shares.own);
  });

  it('counts an operation without an agent as our own', async () => {
    const { total, own, booting, agent } = sharesOf(await recorded('manage'));
    assert.deepEqual([booting, agent], [0, {}]);
    assert.equal(own, total);
  });
});
