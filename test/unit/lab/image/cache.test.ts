import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { cached, hashOf } from '../../../../lab/image/cache.ts';

describe('cached', () => {
  let cache = '';
  let builds = 0;
  const entry = (inputs: string[], build?: (directory: string) => Promise<void>): Parameters<typeof cached>[0] => ({
    name: 'thing',
    inputs,
    cache,
    log: () => undefined,
    build:
      build ??
      (async (directory) => {
        builds += 1;
        await sleep(50);
        await writeFile(join(directory, 'file'), inputs.join());
      }),
  });

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'anneal-unit-'));
    builds = 0;
  });
  afterEach(async () => rm(cache, { recursive: true }));

  it('builds once for the same inputs, also when asked twice at once', async () => {
    const [one, other] = await Promise.all([cached(entry(['a'])), cached(entry(['a']))]);
    assert.equal(one, other);
    assert.equal(builds, 1);
    assert.equal(await readFile(join(one, 'file'), 'utf8'), 'a');
  });

  it('builds anew when an input changes', async () => {
    assert.notEqual(await cached(entry(['a'])), await cached(entry(['b'])));
  });

  it('leaves nothing of a build that failed, and tries again', async () => {
    const failing = entry(['a'], async (directory) => {
      await writeFile(join(directory, 'half'), '');
      throw new Error('no network');
    });
    await assert.rejects(cached(failing), /no network/);
    assert.deepEqual(await readdir(cache), [`thing-${hashOf(['a'])}.lock`]);
    await cached(entry(['a']));
    assert.equal(builds, 1);
  });

  it('hashes the lengths too, so that moved borders matter', () => {
    assert.notEqual(hashOf(['ab', 'c']), hashOf(['a', 'bc']));
  });
});
