import { setTimeout as sleep } from 'node:timers/promises';
import { endFakeStep, startFakeStep } from '../../db/fake-steps.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject, Node } from '../../domain/node.ts';
import { STEP_KINDS, stepKey, type Step, type StepKind } from '../../domain/steps.ts';
import type { CallContext, DriverSteps } from '../interfaces.ts';
import { nameOf } from '../node-name.ts';
import { delayMs } from './dials.ts';
import type { DelayDial } from './dials.ts';
import {
  applyBiosSettings,
  doNothing,
  erase,
  resetBios,
  updateFirmware,
  writeRootDisk,
  type FakeEffect,
} from './step-effects.ts';
import { applyRaid, createRaid, deleteRaid, RAID_ARGUMENTS } from './raid-effects.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

interface FakeStep {
  readonly step: Step;
  readonly delay: DelayDial;
  readonly effect: FakeEffect;
}

const SETTINGS = { settings: { description: 'List of settings, each with its name and value', required: true } };
const IMAGES = { settings: { description: 'List of components, each with the URL of its image', required: true } };
const RAID = {
  raid_config: { description: 'Logical disks, as in target_raid_config', required: true },
  ...RAID_ARGUMENTS,
};

const ERASE: Step = { interface: 'deploy', step: 'erase_devices', priority: 10, abortable: true };
const ERASE_METADATA: Step = { interface: 'deploy', step: 'erase_devices_metadata', priority: 0, abortable: true };
const DEPLOY: Step = { interface: 'deploy', step: 'deploy', priority: 100, abortable: true };
const APPLY_BIOS: Step = {
  interface: 'bios',
  step: 'apply_configuration',
  priority: 0,
  abortable: true,
  argsInfo: SETTINGS,
};
const RESET_BIOS: Step = { interface: 'bios', step: 'factory_reset', priority: 0 };
const CREATE_RAID: Step = {
  interface: 'raid',
  step: 'create_configuration',
  priority: 0,
  abortable: true,
  argsInfo: RAID_ARGUMENTS,
};
const DELETE_RAID: Step = { interface: 'raid', step: 'delete_configuration', priority: 0, abortable: true };
const APPLY_RAID: Step = { interface: 'raid', step: 'apply_configuration', priority: 0, argsInfo: RAID };
const UPDATE_FIRMWARE: Step = {
  interface: 'firmware',
  step: 'update',
  priority: 0,
  abortable: false,
  argsInfo: IMAGES,
};
const LOG: Step = { interface: 'vendor', step: 'log_passthrough', priority: 0, requiresRamdisk: false };
const SELF_TEST: Step = { interface: 'management', step: 'self_test', priority: 0 };

const offers =
  (delay: DelayDial) =>
  (step: Step, effect: FakeEffect): FakeStep => ({ step, delay, effect });
const disk = { clean: offers('fake_clean_delay_s'), deploy: offers('fake_deploy_delay_s') };
const bios = offers('fake_bios_delay_s');
const raid = offers('fake_raid_delay_s');
const firmware = offers('fake_firmware_delay_s');
const vendor = offers('fake_vendor_delay_s');
const management = offers('fake_management_delay_s');

const STEPS: Readonly<Record<StepKind, readonly FakeStep[]>> = {
  clean: [
    disk.clean(ERASE, erase),
    disk.clean(ERASE_METADATA, erase),
    bios(APPLY_BIOS, applyBiosSettings),
    bios(RESET_BIOS, resetBios),
    raid(CREATE_RAID, createRaid),
    raid(DELETE_RAID, deleteRaid),
    firmware(UPDATE_FIRMWARE, updateFirmware),
    vendor(LOG, doNothing),
  ],
  deploy: [disk.deploy(DEPLOY, writeRootDisk), bios(APPLY_BIOS, applyBiosSettings), raid(APPLY_RAID, applyRaid)],
  service: [
    bios(APPLY_BIOS, applyBiosSettings),
    bios(RESET_BIOS, resetBios),
    firmware(UPDATE_FIRMWARE, updateFirmware),
    vendor(LOG, doNothing),
  ],
  verify: [management(SELF_TEST, doNothing)],
};

const byKey = new Map(
  Object.values(STEPS)
    .flat()
    .map((offer) => [stepKey(offer.step), offer]),
);

/** The steps of fake hardware; a step goes on where it was when a worker was killed. */
export function createFakeSteps(tools: FakeTools): DriverSteps {
  return {
    offered: Object.fromEntries(STEP_KINDS.map((kind) => [kind, STEPS[kind].map(({ step }) => step)])) as Record<
      StepKind,
      Step[]
    >,
    async run(context, step) {
      const offer = byKey.get(stepKey(step));
      if (offer === undefined) {
        throw new BareMetalError(
          'StepNotFound',
          `Node ${nameOf(context.node)}: fake-hardware has no step ${stepKey(step)}; it has ${[...byKey.keys()].join(', ')}.`,
        );
      }
      return await actOnFake(tools, context, { call: `steps.${stepKey(step)}` }, () =>
        runStep(tools, context, { ...offer, step }),
      );
    },
  };
}

async function runStep(tools: FakeTools, { node, signal }: CallContext, offer: FakeStep): Promise<JsonObject> {
  const { effect, delay, step } = offer;
  const key = keyOfRun(node, step);
  const durationMs = delayMs(node, delay, tools.random);
  const run = await startFakeStep(tools.db, { nodeUuid: node.uuid, key, durationMs });
  if (run.result !== null) return run.result;
  if (run.remainingMs > 0) await sleep(run.remainingMs, undefined, { signal });
  const { result, disks } = await effect(tools, node, step);
  await endFakeStep(tools.db, { nodeUuid: node.uuid, key, result, disks });
  return result;
}

/** A step that stands in a list twice is two steps: the node says which one runs. */
function keyOfRun(node: Node, step: Step): string {
  const running = [node.cleanStep, node.deployStep, node.serviceStep].find(
    (shown) => shown && stepKey(shown) === stepKey(step),
  );
  return running?.index ? `${stepKey(step)}#${running.index}` : stepKey(step);
}
