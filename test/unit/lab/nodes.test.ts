import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { hasBootSignature } from '../../../lab/machine/boot-signature.ts';
import { ensureNodeFiles, planNode } from '../../../lab/nodes.ts';
import type { LabNode } from '../../../lab/state.ts';

const home = (directory: string): Parameters<typeof planNode>[0] => ({
  name: 'unit',
  directory,
  socketDirectory: join(directory, 'run'),
  switch: { name: 'lab-switch', bridge: 'br0', switchId: '02:00:00:00:00:01', ovsdb: '', ovsdbSocket: '' },
});
const plan = (index: number, directory = '/lab/unit'): LabNode =>
  planNode(home(directory), index, { firmware: ['uefi', 'bios'], nics: 2, memoryMib: 1024 });

describe('planNode', () => {
  it('repeats the firmware list', () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => plan(index).firmware),
      ['uefi', 'bios', 'uefi', 'bios'],
    );
    assert.equal(plan(1).paths.nvram, null);
  });

  it('gives every card and disk of every machine an identity of its own', () => {
    const nodes = Array.from({ length: 50 }, (_, index) => plan(index));
    const macs = nodes.flatMap((node) => node.nics.map((nic) => nic.mac));
    const serials = nodes.flatMap((node) => node.disks.map((disk) => disk.serial));
    const addresses = nodes.map((node) => node.bmc.address);
    for (const list of [macs, serials, addresses]) assert.equal(new Set(list).size, list.length);
    assert.ok(macs.every((mac) => /^52:54:00(:[0-9a-f]{2}){3}$/.test(mac)));
    assert.ok(serials.every((serial) => serial.length <= 20));
  });

  it('makes BMC passwords that fit into the 20 bytes of IPMI and differ', () => {
    const [one, other] = [plan(0), plan(0)];
    assert.notEqual(one.bmc.password, other.bmc.password);
    assert.ok(one.bmc.password.length <= 20);
  });

  it('gives the SCSI disk a WWN of 64 bits', () => {
    assert.match(plan(0).disks.find((disk) => disk.kind === 'scsi')?.wwn ?? '', /^0x5[0-9a-f]{15}$/);
  });

  it('refuses a machine too many', () => {
    assert.throws(() => plan(200), /200 machines at most/);
  });
});

describe('ensureNodeFiles', () => {
  it('makes sparse disks and never touches those that exist', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'anneal-unit-'));
    try {
      const node = plan(1, directory);
      await ensureNodeFiles(node);
      const path = node.disks[0]?.path ?? '';
      const made = await stat(path);
      assert.equal(made.size, 5 * 1024 ** 3);
      assert.equal(made.blocks, 0);
      await writeFile(path, 'mine');
      await ensureNodeFiles(node);
      assert.equal((await stat(path)).size, 4);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('hasBootSignature', () => {
  it('looks at the last two bytes of the first sector', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'anneal-unit-'));
    try {
      const sector = Buffer.alloc(512);
      await writeFile(join(directory, 'empty'), sector);
      sector.writeUInt16LE(0xaa55, 510);
      await writeFile(join(directory, 'bootable'), sector);
      assert.equal(await hasBootSignature(join(directory, 'empty')), false);
      assert.equal(await hasBootSignature(join(directory, 'bootable')), true);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
