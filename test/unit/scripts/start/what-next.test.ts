import assert from 'node:assert/strict';
import type { Artifacts } from '../../../../lab/image/artifacts.ts';
import type { LabNode } from '../../../../lab/state.ts';
import { Display } from '../../../../scripts/start/display.ts';
import { labTries } from '../../../../scripts/start/lab-tries.ts';
import { readOptions } from '../../../../scripts/start/options.ts';
import { showProcesses } from '../../../../scripts/start/processes.ts';
import { goodbye, whatNext } from '../../../../scripts/start/what-next.ts';
import type { ManagedProcess } from '../../../../scripts/stack/managed-process.ts';

const ARTIFACTS = { osImageRaw: '/cache/os.raw', osImageRawSha256: 'abc' } as Artifacts;
const labOf = (...names: string[]) => ({ nodes: names.map((name) => ({ name }) as LabNode) });

describe('what npm start says besides the journey', () => {
  it('is how to deploy a machine that was given back, whose instance_info is empty', () => {
    const commands = labTries(labOf('node-1', 'node-2'), ARTIFACTS);
    assert.match(commands[0] ?? '', /^baremetal node undeploy node-2 /);
    assert.deepEqual(commands.slice(1, -1), [
      'baremetal node vif attach node-1 tenant-a',
      [
        'baremetal node set node-1 \\',
        '    --instance-info image_source=file:///cache/os.raw \\',
        '    --instance-info image_os_hash_algo=sha256 \\',
        '    --instance-info image_os_hash_value=abc \\',
        '    --instance-info image_disk_format=raw',
      ].join('\n'),
      'baremetal node deploy node-1',
    ]);
  });

  it('deploys nothing in a lab of one machine, which is the tenant’s', () => {
    assert.equal(labTries(labOf('node-1'), ARTIFACTS).join().includes('undeploy node-1 '), true);
    assert.equal(labTries(labOf('node-1'), ARTIFACTS).join().includes('node deploy'), false);
  });

  it('is where the client is installed to, and the command that begins anew', () => {
    const stack = { apiUrl: 'http://127.0.0.1:6385', uiUrl: undefined, processes: new Map() };
    assert.match(
      whatNext({ stack, opened: [], tries: [] }),
      /-m venv (\S+) && \1\/bin\/pip .*\n.* PATH=\$PWD\/\1\/bin:/,
    );
    assert.match(goodbye(readOptions(['--fake', '5'])), /`npm start -- --fake 5 --new` begins anew/);
  });

  it('is which processes there are, and which died and came back', () => {
    let written = '';
    let died: (cause: string) => void = assert.fail;
    const api = { pid: () => 41, onReturn: (tell: typeof died) => (died = tell) } as unknown as ManagedProcess;
    showProcesses({ processes: new Map([['api', api]]) }, new Display({ write: (text) => (written += text) }));
    died('SIGKILL');
    assert.match(written, /Processes: api 41\..*\n {2}api died \(SIGKILL\) and is back as process 41\.\n$/);
  });
});
