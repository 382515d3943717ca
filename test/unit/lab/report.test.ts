import assert from 'node:assert/strict';
import type { LabStatus } from '../../../lab/lab.ts';
import { keptMachines, reportDown, reportStatus } from '../../../lab/report.ts';
import type { LabState } from '../../../lab/state.ts';

const node = (name: string) => ({
  name,
  firmware: 'uefi',
  bmc: { address: '172.31.10.11' },
  paths: { console: `/lab/${name}/console.log` },
});
const lab = { name: 'mine', directory: '/lab', nodes: [node('node-1'), node('node-2')] } as unknown as LabState;
const status = (power: 'on' | 'off', processes: Record<string, boolean>): LabStatus => ({
  nodes: [
    { name: 'node-1', power, pid: null },
    { name: 'node-2', power: 'off', pid: null },
  ],
  processes,
});

describe('what the commands of the lab report', () => {
  it('lab:down says what was stopped and what is kept', () => {
    const said = reportDown(lab, status('on', { machines: true, relay: true, dnsmasq: false }), false);
    assert.match(said, /"mine" is down: 1 machine switched off, 2 processes stopped/);
    assert.match(said, /Kept in \/lab: disks, NVRAM and logs of 2 machines; .*--purge/);
  });

  it('lab:down of a lab that is down says so, and what is purged', () => {
    const said = reportDown(lab, status('off', {}), true);
    assert.equal(said, 'Lab "mine" was down already. Purged: disks, NVRAM and logs of 2 machines.');
  });

  it('lab:status gives the machines of a living lab with their BMCs, and dead processes as such', () => {
    const lines = reportStatus(lab, status('off', { machines: true, relay: false }));
    assert.deepEqual(lines, [
      'node-1  uefi  off  BMC 172.31.10.11  console /lab/node-1/console.log',
      'node-2  uefi  off  BMC 172.31.10.11  console /lab/node-2/console.log',
      'runs  machines',
      'DEAD  relay',
    ]);
  });

  it('lab:status says that a lab is down, and gives no address that does not answer', () => {
    for (const processes of [{}, { machines: false }]) {
      const [first, ...others] = reportStatus(lab, status('off', processes));
      assert.equal(first, 'Lab "mine" is down; npm run lab:up -- --name mine brings it up.');
      assert.equal(others.join('\n').includes('172.31'), false);
    }
  });

  it('lab:up says that machines beyond what was asked for stay', () => {
    assert.match(keptMachines(lab, 1) ?? '', /"mine" has 2 machines from before and keeps them, not 1/);
    for (const asked of [undefined, 2, 3]) assert.equal(keptMachines(lab, asked), undefined);
  });
});
