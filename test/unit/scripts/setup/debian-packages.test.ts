import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackages } from '../../../../scripts/setup/debian-packages.ts';

describe('ensurePackages', () => {
  const kept = { path: process.env['PATH'] ?? '', getuid: process.getuid };
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-packages-'));
    process.env['PATH'] = folder;
  });
  afterEach(async () => {
    process.env['PATH'] = kept.path;
    if (kept.getuid !== undefined) process.getuid = kept.getuid;
    await rm(folder, { recursive: true });
  });

  it('gives a user without rights the whole command', async () => {
    await symlink('/bin/false', join(folder, 'apt-get'));
    process.getuid = () => 1000;
    await assert.rejects(
      ensurePackages('lab', () => assert.fail('nothing is installed')),
      /Install them with: sudo apt-get install --no-install-recommends .*\bqemu-system-x86\b.*\bqemu-utils\b/,
    );
  });

  it('names the packages where there is no apt-get', async () => {
    await assert.rejects(
      ensurePackages('lab', () => assert.fail('nothing is installed')),
      /missing, named by their Debian packages: .*\bqemu-system-x86\b.*Install them and try again/,
    );
  });

  it('passes on that apt-get failed', async () => {
    await symlink('/bin/false', join(folder, 'apt-get'));
    process.getuid = () => 0;
    const said: string[] = [];
    await assert.rejects(
      ensurePackages('lab', (line) => said.push(line)),
      /apt-get update -q failed/,
    );
    assert.match(said.join('\n'), /Installing \d+ Debian packages \(.*qemu-utils/);
  });

  it('asks for nothing for fake hardware', async () => {
    await ensurePackages('fake', () => assert.fail('nothing is installed'));
  });
});
