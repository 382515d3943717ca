import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { assertImageFits, assertRootDeviceHints, chooseRootDevice } from '../../../domain/root-device.ts';
import { matcherOf, type Disk } from '../../../domain/root-device-hints.ts';
import type { JsonObject } from '../../../domain/node.ts';

const GIB = 2 ** 30;

/** Answers of the real agent's own code; the file says which. */
const recorded = JSON.parse(readFileSync(new URL('./root-device-hints.json', import.meta.url), 'utf8')) as {
  disks: Disk[];
  cases: { hints: JsonObject; matches: string[] }[];
  refused: JsonObject[];
};

function wishes(rootDevice?: JsonObject, properties: JsonObject = {}) {
  return { instanceInfo: rootDevice ? { root_device: rootDevice } : {}, properties };
}

describe('matcherOf', () => {
  for (const { hints, matches } of recorded.cases) {
    it(`finds ${matches.length} disks by ${JSON.stringify(hints)}, as the agent does`, () => {
      assert.deepEqual(
        recorded.disks.filter(matcherOf(hints)).map((disk) => disk.name),
        matches,
      );
    });
  }

  for (const hints of recorded.refused) {
    it(`refuses ${JSON.stringify(hints)}, as the agent does`, () => {
      assert.throws(() => matcherOf(hints), { code: 'InvalidParameterValue', message: /^root_device/ });
    });
  }

  it('asks all values of <all-in> of the disk', () => {
    const found = recorded.disks.filter(matcherOf({ model: '<all-in> qemu disk' }));
    assert.deepEqual(
      found.map((disk) => disk.name),
      ['/dev/sda'],
    );
  });

  // The agent compares number with text there and never matches; Anneal chooses the disk, so it may do as documented.
  it('takes <or> of sizes', () => {
    const found = recorded.disks.filter(matcherOf({ size: '<or> 5 <or> 60' }));
    assert.deepEqual(
      found.map((disk) => disk.name),
      ['/dev/vda', '/dev/nvme0n1'],
    );
  });

  it('refuses an operator without a value', () => {
    assert.throws(() => matcherOf({ serial: 's==' }), /root_device\/serial: expected a value after the operator/);
  });
});

describe('chooseRootDevice', () => {
  const disk = (name: string, sizeGib: number, more: JsonObject = {}): Disk => ({ name, size: sizeGib * GIB, ...more });

  it('takes the smallest disk of at least 4 GiB when nothing is wished, by name where sizes are equal', () => {
    const disks = [disk('/dev/sdb', 5), disk('/dev/sda', 5), disk('/dev/sdc', 100), disk('/dev/sdd', 3)];
    assert.equal(chooseRootDevice(disks, wishes()).name, '/dev/sda');
  });

  it('takes instance_info before properties', () => {
    const disks = [disk('/dev/sda', 5, { serial: 'A' }), disk('/dev/sdb', 5, { serial: 'B' })];
    const properties = { root_device: { serial: 'A' } };
    assert.equal(chooseRootDevice(disks, wishes(undefined, properties)).name, '/dev/sda');
    assert.equal(chooseRootDevice(disks, wishes({ serial: 'B' }, properties)).name, '/dev/sdb');
  });

  it('passes over the disks of skip_block_devices', () => {
    const disks = [disk('/dev/sda', 5, { serial: 'A' }), disk('/dev/sdb', 6, { serial: 'B' })];
    const properties = { skip_block_devices: [{ serial: 'A' }] };
    assert.equal(chooseRootDevice(disks, wishes(undefined, properties)).name, '/dev/sdb');
    assert.throws(() => chooseRootDevice(disks, wishes({ serial: 'A' }, properties)), { code: 'RootDeviceNotFound' });
  });

  it('names the hints and the disks when none matches', () => {
    assert.throws(() => chooseRootDevice([disk('/dev/vda', 5, { serial: 'V' })], wishes({ serial: 'gone' })), {
      code: 'RootDeviceNotFound',
      message: 'No root device for {"serial":"gone"}; the machine has /dev/vda (5 GiB, serial V)',
    });
    assert.throws(
      () => chooseRootDevice([disk('/dev/vda', 2)], wishes()),
      /no disk of at least 4 GiB; .*\/dev\/vda \(2 GiB\)/,
    );
    assert.throws(() => chooseRootDevice([], wishes()), /the machine has no disks/);
  });

  it('refuses hints that are no object', () => {
    assert.throws(() => assertRootDeviceHints({ instanceInfo: { root_device: '/dev/sda' }, properties: {} }), {
      code: 'InvalidParameterValue',
      message: 'instance_info/root_device: expected an object of hints, got "/dev/sda"',
    });
  });
});

describe('assertImageFits', () => {
  it('lets an image of just the size pass and refuses one byte more', () => {
    const disk: Disk = { name: '/dev/vda', size: 5 * GIB };
    assertImageFits(disk, { name: 'debian.qcow2', virtualSizeBytes: 5 * GIB });
    assert.throws(() => assertImageFits(disk, { name: 'debian.qcow2', virtualSizeBytes: 10 * GIB }), {
      code: 'ImageTooLarge',
      message: 'The image debian.qcow2 needs 10 GiB on disk, but the root device is /dev/vda (5 GiB)',
    });
    assert.throws(() => assertImageFits(disk, { name: 'x', virtualSizeBytes: 5 * GIB + 1 }), { code: 'ImageTooLarge' });
  });
});
