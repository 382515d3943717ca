import assert from 'node:assert/strict';
import { automaticSteps, stepKey, type Step } from '../../../domain/steps.ts';

const step = (key: string, priority: number): Step => {
  const [kind, name] = key.split('.') as [Step['interface'], string];
  return { interface: kind, step: name, priority };
};

describe('automaticSteps', () => {
  it('leaves out what has no priority and puts the highest first', () => {
    const offered = [step('raid.low', 1), step('deploy.never', 0), step('bios.high', 90)];
    assert.deepEqual(automaticSteps(offered).map(stepKey), ['bios.high', 'raid.low']);
  });

  it('puts equal priorities in the order of Ironic’s interfaces', () => {
    const offered = [step('raid.a', 5), step('deploy.b', 5), step('power.c', 5), step('vendor.d', 5)];
    assert.deepEqual(automaticSteps(offered).map(stepKey), ['vendor.d', 'power.c', 'deploy.b', 'raid.a']);
  });

  it('lets priorities be overridden, also to nothing', () => {
    const offered = [step('deploy.a', 5), step('deploy.b', 0)];
    const overrides = { 'deploy.a': 0, 'deploy.b': 7 };
    assert.deepEqual(automaticSteps(offered, overrides), [step('deploy.b', 7)]);
  });
});
