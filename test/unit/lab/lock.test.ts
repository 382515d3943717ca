import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../../lab/lock.ts';

const LONG_MS = 30_000;

describe('the lock of the lab', () => {
  let folder: string;
  let lock: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-lock-'));
    lock = join(folder, 'lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lets one work at a time, and each of them', async () => {
    const seen: string[] = [];
    const work = async (name: string) => {
      seen.push(`${name} begins`);
      await sleep(5);
      seen.push(`${name} ends`);
    };
    const names = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(names.map((name) => withLock(lock, LONG_MS, () => work(name))));
    assert.deepEqual(
      seen.filter((_, index) => index % 2 === 0).toSorted(),
      names.map((name) => `${name} begins`).toSorted(),
    );
    for (let index = 0; index < seen.length; index += 2)
      assert.equal(seen[index + 1], seen[index]?.replace('begins', 'ends'));
  });

  it('is free again after work that failed', async () => {
    await assert.rejects(
      withLock(lock, LONG_MS, () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(await withLock(lock, LONG_MS, async () => 'done'), 'done');
  });

  it('is free again after a kill -9 of the process that held it', async () => {
    const module = new URL('../../../lab/lock.ts', import.meta.url).href;
    const program = `import { withLock } from ${JSON.stringify(module)};
      await withLock(${JSON.stringify(lock)}, 1000, () => { console.log('held'); return new Promise(() => {}); });`;
    const args = ['--import=tsx', '--input-type=module', '--eval', program];
    const holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    await assert.rejects(
      withLock(lock, 200, async () => {}),
      { message: `Another process has held ${lock} for 0.2 s; lslocks(8) shows which: end it.` },
    );
    const begun = withLock(lock, LONG_MS, async () => 'done');
    holder.kill('SIGKILL');
    assert.equal(await begun, 'done');
  });

  it('says why it can’t be had', async () => {
    const nowhere = join(folder, 'nowhere', 'lock');
    await assert.rejects(
      withLock(nowhere, LONG_MS, async () => {}),
      /The lock .*nowhere\/lock can't be had: .*No such file or directory/,
    );
  });
});
