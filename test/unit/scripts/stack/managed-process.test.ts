import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess, type ManagedProcess } from '../../../../scripts/stack/managed-process.ts';

describe('a managed process', () => {
  let folder: string;
  let sleeper: ManagedProcess;
  let serves: boolean;

  beforeEach(async () => {
    serves = true;
    folder = await mkdtemp(join(tmpdir(), 'anneal-managed-'));
    sleeper = await startProcess({
      name: 'sleeper',
      argv: ['sleep', '60'],
      folder,
      isReady: () => Promise.resolve(serves),
    });
  });
  afterEach(async () => {
    await sleeper.stop();
    await rm(folder, { recursive: true });
  });

  const nextReturn = () => new Promise<string>((resolve) => sleeper.onReturn(resolve));

  it('tells what it died of when it serves again, as another process', async () => {
    const before = sleeper.pid();
    const returned = nextReturn();
    sleeper.kill();
    assert.equal(await returned, 'SIGKILL');
    assert.notEqual(sleeper.pid(), before);
    assert.equal(sleeper.restarts(), 1);
  });

  it('tells nothing before it serves', async () => {
    let told = 0;
    sleeper.onReturn(() => (told += 1));
    serves = false;
    sleeper.kill();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(sleeper.restarts(), 1);
    assert.equal(told, 0);
    const returned = nextReturn();
    serves = true;
    await returned;
    assert.equal(told, 1);
  });
});
