import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackages } from '../../../scripts/setup/debian-packages.ts';
import { findTemporalCli } from '../../../scripts/setup/temporal-cli.ts';

describe('the set-up', () => {
  let folder: string;
  let kept: NodeJS.ProcessEnv;
  before(() => {
    kept = { ...process.env };
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-setup-'));
  });
  afterEach(async () => {
    process.env = { ...kept };
    await rm(folder, { recursive: true, force: true });
  });

  const putProgram = async (name: string, script: string) => {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  };

  it('asks for nothing where fake hardware is enough', async () => {
    await ensurePackages('fake', () => assert.fail('said something'));
  });

  it('takes the Temporal CLI that ANNEAL_TEMPORAL_CLI names, whatever it calls itself', async () => {
    await putProgram('mine', 'echo "temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)"');
    process.env['ANNEAL_TEMPORAL_CLI'] = join(folder, 'mine');
    assert.equal(await findTemporalCli(), join(folder, 'mine'));
  });

  it('takes one on the PATH before the one in the cache', async () => {
    delete process.env['ANNEAL_TEMPORAL_CLI'];
    await putProgram('temporal', 'echo "temporal version 1.9.0 (Server 1.31.0, UI 2.54.1)"');
    process.env['PATH'] = `${folder}:/usr/bin:/bin`;
    assert.equal(await findTemporalCli(), join(folder, 'temporal'));
  });

  it('passes over a CLI whose server is too old, and over one that does not run', async () => {
    process.env['ANNEAL_TEMPORAL_CLI'] = join(folder, 'old');
    await putProgram('old', 'echo "temporal version 0.10.0 (Server 1.20.0, UI 2.10.0)"');
    assert.equal(await findTemporalCli(), undefined);
    await putProgram('old', 'exit 1');
    assert.equal(await findTemporalCli(), undefined);
  });
});
