import assert from 'node:assert/strict';
import { checkSteps, faultsOfChildStep, secondsOf } from '../../../domain/step-checks.ts';
import type { Step } from '../../../domain/steps.ts';

const SETTINGS = { settings: { description: 'What to set.', required: true }, force: { description: 'Even so.' } };
const OFFERED: readonly Step[] = [
  { interface: 'bios', step: 'apply_configuration', priority: 0, argsInfo: SETTINGS },
  { interface: 'vendor', step: 'log', priority: 0, requiresRamdisk: false },
  { interface: 'deploy', step: 'deploy', priority: 100 },
];
const bios = (args?: object): Step => ({
  interface: 'bios',
  step: 'apply_configuration',
  priority: 10,
  ...(args && { args: { ...args } }),
});
const faults = (wanted: readonly Step[], more: Partial<Parameters<typeof checkSteps>[1]> = {}) =>
  checkSteps(wanted, { kind: 'clean', offered: OFFERED, ...more }).faults;

describe('checkSteps', () => {
  it('passes over the special steps, under whatever interface they stand', () => {
    const special = ['hold', 'wait', 'power_on', 'power_off', 'reboot'].map((step): Step => ({
      interface: 'raid',
      step,
      priority: 0,
    }));
    assert.deepEqual(checkSteps(special, { kind: 'clean', offered: [] }), { unknown: [], faults: [] });
  });

  it('names what nobody offers', () => {
    const { unknown } = checkSteps([{ interface: 'raid', step: 'polish', priority: 0 }], {
      kind: 'clean',
      offered: OFFERED,
    });
    assert.deepEqual(unknown, ['raid.polish']);
  });

  it('compares arguments with what the step takes', () => {
    assert.deepEqual(faults([bios({ settings: [], force: true })]), []);
    assert.deepEqual(faults([bios()]), [
      'clean step bios.apply_configuration is missing these required arguments: settings (What to set.)',
    ]);
    assert.deepEqual(faults([bios({ settings: [], colour: 'red' })]), [
      'clean step bios.apply_configuration has these unexpected arguments: colour',
    ]);
    assert.deepEqual(faults([{ interface: 'vendor', step: 'log', priority: 0, args: { any: 1 } }]), [
      'clean step vendor.log has these unexpected arguments: any',
    ]);
  });

  it('refuses what needs a ramdisk where none is booted', () => {
    const log: Step = { interface: 'vendor', step: 'log', priority: 0 };
    assert.deepEqual(faults([log], { withoutRamdisk: true }), []);
    assert.deepEqual(faults([bios({ settings: [] })], { withoutRamdisk: true }), [
      'clean step bios.apply_configuration requires booting a ramdisk',
    ]);
  });

  it('lets a deploy step be disabled, not doubled, and the core step not be overridden', () => {
    const deploy = { kind: 'deploy' } as const;
    assert.deepEqual(faults([{ ...bios(), priority: 0 }], deploy), []);
    assert.deepEqual(faults([bios({ settings: [] }), bios({ settings: [] })], deploy), [
      'deploy step bios.apply_configuration is named more than once',
    ]);
    const core: Step = { interface: 'deploy', step: 'deploy', priority: 5 };
    assert.match(faults([core], deploy).join(), /core step/);
    assert.deepEqual(faults([{ ...core, priority: 0 }], deploy), []);
  });

  it('takes whole seconds for a wait', () => {
    const wait = (seconds: unknown): Step => ({ interface: 'deploy', step: 'wait', priority: 0, args: { seconds } });
    assert.deepEqual(faults([wait(5), wait('5')]), []);
    for (const wrong of ['soon', -1, 1.5, null]) assert.equal(faults([wait(wrong)]).length, 1, String(wrong));
    assert.deepEqual(['7', 7, 'x', undefined].map(secondsOf), [7, 7, undefined, undefined]);
  });

  it('passes over the steps for children', () => {
    const step: Step = { interface: 'raid', step: 'polish', priority: 0, executeOnChildNodes: true };
    assert.deepEqual(checkSteps([step], { kind: 'clean', offered: [] }), { unknown: [], faults: [] });
  });
});

describe('faultsOfChildStep', () => {
  const child = (step: string, usesAgent = false) =>
    faultsOfChildStep(
      { interface: 'vendor', step, priority: 0, executeOnChildNodes: true },
      {
        kind: 'clean',
        offered: [...OFFERED, { interface: 'vendor', step: 'burn', priority: 0 }],
        usesAgent,
      },
    );

  it('lets changes of power pass, and what the driver does by itself', () => {
    for (const step of ['power_on', 'power_off', 'reboot', 'log']) assert.deepEqual(child(step, true), [], step);
    assert.deepEqual(child('burn'), []);
  });

  it('names what a child can’t do: to hold, to boot an agent, what its driver doesn’t offer', () => {
    assert.match(child('hold').join(), /for a node itself/);
    assert.deepEqual(child('burn', true), ['clean step vendor.burn requires booting a ramdisk']);
    assert.match(child('polish').join(), /does not offer the clean step vendor.polish; it offers bios.apply_conf/);
  });
});
