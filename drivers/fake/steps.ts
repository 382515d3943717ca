import { setTimeout as sleep } from 'node:timers/promises';
import { endFakeStep, startFakeStep } from '../../db/fake-steps.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject, Node } from '../../domain/node.ts';
import { stepKey } from '../../domain/steps.ts';
import type { Step } from '../../domain/steps.ts';
import type { CallContext, DriverSteps } from '../interfaces.ts';
import { nameOf } from '../node-name.ts';
import { delayMs } from './dials.ts';
import type { DelayDial } from './dials.ts';
import { disksOf, eraseDisks } from './disks.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

/** What a step does to the fake machine. */
interface StepEffect {
  readonly result: JsonObject;
  readonly disks: Readonly<Record<string, 'clean' | 'dirty'>>;
}

interface FakeStep {
  readonly step: Step;
  readonly delay: DelayDial;
  readonly effect: (node: Node) => StepEffect;
}

const NOTHING: StepEffect = { result: {}, disks: {} };

function erase(node: Node): StepEffect {
  const erased = eraseDisks(node);
  const disks = erased.map((disk) => [disk.serial, disk.result === 'accepted' ? 'clean' : 'dirty'] as const);
  return { result: { erased }, disks: Object.fromEntries(disks) };
}

function writeRootDisk(node: Node): StepEffect {
  const root = disksOf(node)[0];
  return root === undefined ? NOTHING : { result: { root_device: root.name }, disks: { [root.serial]: 'dirty' } };
}

const clean = (step: Step, effect: FakeStep['effect']): FakeStep => ({ step, delay: 'fake_clean_delay_s', effect });
const deploy = (step: Step, effect: FakeStep['effect']): FakeStep => ({ step, delay: 'fake_deploy_delay_s', effect });
const service = (step: Step, effect: FakeStep['effect']): FakeStep => ({ step, delay: 'fake_service_delay_s', effect });

const CLEAN_STEPS: readonly FakeStep[] = [
  clean({ interface: 'deploy', step: 'erase_devices', priority: 10, abortable: true }, erase),
  clean({ interface: 'deploy', step: 'erase_devices_metadata', priority: 0, abortable: true }, erase),
  clean({ interface: 'raid', step: 'delete_configuration', priority: 0, abortable: true }, () => NOTHING),
  clean({ interface: 'firmware', step: 'update', priority: 0, abortable: false }, () => NOTHING),
];
const DEPLOY_STEPS: readonly FakeStep[] = [
  deploy({ interface: 'deploy', step: 'deploy', priority: 100, abortable: true }, writeRootDisk),
  deploy({ interface: 'bios', step: 'apply_configuration', priority: 0, abortable: true }, () => NOTHING),
];

const SERVICE_STEPS: readonly FakeStep[] = [
  service({ interface: 'vendor', step: 'log_passthrough', priority: 0, requiresRamdisk: false }, () => NOTHING),
  service({ interface: 'firmware', step: 'update', priority: 0, abortable: false }, () => NOTHING),
];
const VERIFY_STEPS: readonly FakeStep[] = [
  clean({ interface: 'management', step: 'self_test', priority: 0 }, () => NOTHING),
];

const ALL_STEPS = [...CLEAN_STEPS, ...DEPLOY_STEPS, ...SERVICE_STEPS, ...VERIFY_STEPS];
const byKey = new Map(ALL_STEPS.map((offer) => [stepKey(offer.step), offer]));

/** The steps of fake hardware; a step goes on where it was when a worker was killed. */
export function createFakeSteps(tools: FakeTools): DriverSteps {
  return {
    offered: {
      clean: CLEAN_STEPS.map(({ step }) => step),
      deploy: DEPLOY_STEPS.map(({ step }) => step),
      service: SERVICE_STEPS.map(({ step }) => step),
      verify: VERIFY_STEPS.map(({ step }) => step),
    },
    async run(context, step) {
      const offer = byKey.get(stepKey(step));
      if (offer === undefined) {
        throw new BareMetalError(
          'StepNotFound',
          `Node ${nameOf(context.node)}: fake-hardware has no step ${stepKey(step)}; it has ${[...byKey.keys()].join(', ')}.`,
        );
      }
      return await actOnFake(tools, context, { call: `steps.${stepKey(step)}` }, () => runStep(tools, context, offer));
    },
  };
}

async function runStep(tools: FakeTools, { node, signal }: CallContext, offer: FakeStep): Promise<JsonObject> {
  const { effect, delay } = offer;
  const key = keyOfRun(node, offer.step);
  const durationMs = delayMs(node, delay, tools.random);
  const run = await startFakeStep(tools.db, { nodeUuid: node.uuid, key, durationMs });
  if (run.result !== null) return run.result;
  if (run.remainingMs > 0) await sleep(run.remainingMs, undefined, { signal });
  const { result, disks } = effect(node);
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
