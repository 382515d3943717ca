import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { findProcesses, isAlive, recordOf, spawnDaemon, startTicksOf, stopProcess } from '../../../lab/processes.ts';

describe('lab processes', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anneal-unit-'));
  });
  after(async () => rm(directory, { recursive: true }));

  it('tells a process from a later one with the same id', async () => {
    const mine = await recordOf(process.pid);
    assert.ok(mine !== undefined && (await isAlive(mine)));
    assert.equal(await isAlive({ ...mine, startTicks: mine.startTicks + 1 }), false);
    assert.equal(await isAlive(undefined), false);
  });

  it('knows no start time of a process that is gone', async () => {
    assert.equal(await startTicksOf(2 ** 30), undefined);
  });

  it('starts a process that is found by its arguments and ends with its children', async () => {
    const mark = join(directory, 'mark');
    const record = await spawnDaemon(
      ['sh', '-c', `sleep 600 & echo child $!; wait; # ${mark}`],
      join(directory, 'log'),
    );
    assert.ok(await isAlive(record));
    assert.deepEqual(await findProcesses((argv) => argv.some((word) => word.includes(mark))), [record]);
    const child = Number(/child (\d+)/.exec(await readFile(join(directory, 'log'), 'utf8'))?.[1]);
    assert.notEqual(await startTicksOf(child), undefined);
    await stopProcess(record);
    assert.equal(await isAlive(record), false);
    assert.equal(await startTicksOf(child), undefined);
  });

  it('ends by SIGKILL what ignores SIGTERM', async () => {
    const record = await spawnDaemon(
      ['sh', '-c', "trap '' TERM; while :; do sleep 1; done"],
      join(directory, 'stubborn'),
    );
    await stopProcess(record, 200);
    assert.equal(await isAlive(record), false);
  });

  it('never signals another process that took the id', async () => {
    const record = await spawnDaemon(['sleep', '600'], join(directory, 'innocent'));
    await stopProcess({ ...record, startTicks: record.startTicks - 1 });
    assert.ok(await isAlive(record));
    await stopProcess(record);
  });

  it('tells what a process said that ended at once', async () => {
    await assert.rejects(
      spawnDaemon(['sh', '-c', 'echo no such thing; exit 3'], join(directory, 'failing')),
      /ended at once: no such thing/,
    );
    await assert.rejects(spawnDaemon(['/nonexistent/program'], join(directory, 'missing')), /ENOENT/);
  });
});
