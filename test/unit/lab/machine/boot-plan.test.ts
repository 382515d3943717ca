import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isSamePlan, planBoot } from '../../../../lab/machine/boot-plan.ts';

describe('planBoot', () => {
  it('goes to the network first when told, and on to the disks', () => {
    assert.deepEqual(planBoot({ valid: true, device: 'pxe' }).order, ['network', 'disks']);
  });

  it('never goes to the network when the disk is asked for', () => {
    assert.deepEqual(planBoot({ valid: true, device: 'disk' }).order, ['disks']);
  });

  it('ignores flags that are not valid', () => {
    assert.deepEqual(planBoot({ valid: false, device: 'pxe' }).order, ['disks', 'network']);
  });

  it('takes the usual order for a device that the machine has not', () => {
    assert.deepEqual(planBoot({ valid: true, device: 'floppy' }).order, ['disks', 'network']);
  });
});

describe('isSamePlan', () => {
  it('compares the order', () => {
    assert.ok(isSamePlan({ order: ['disks'] }, { order: ['disks'] }));
    assert.ok(!isSamePlan({ order: ['disks'] }, { order: ['disks', 'network'] }));
  });
});
