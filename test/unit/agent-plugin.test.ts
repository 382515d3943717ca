import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';

const PLUGIN = fileURLToPath(new URL('../../agent-plugin/', import.meta.url));

describe('hardware manager of the agent (Python)', () => {
  it('passes its own tests', async () => {
    const argv = ['-m', 'unittest', 'discover', '-s', 'tests'];
    const { stderr } = await promisify(execFile)('python3', argv, { cwd: PLUGIN });
    assert.match(stderr, /Ran [1-9]\d* tests[\s\S]*OK/);
  });
});
