import { z } from 'zod';
import { saveBiosSettings } from '../../db/bios-settings.ts';
import { flashFirmware } from '../../db/firmware-components.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject, Node } from '../../domain/node.ts';
import { stepKey, type Step } from '../../domain/steps.ts';
import { nameOf } from '../node-name.ts';
import { disksOf, eraseDisks } from './disks.ts';
import type { FakeTools } from './world.ts';

/** What a step does to the fake machine. */
export interface StepEffect {
  readonly result: JsonObject;
  readonly disks: Readonly<Record<string, 'clean' | 'dirty'>>;
}

/** Does a step's work; called again after a crash, it comes to the same. */
export type FakeEffect = (tools: FakeTools, node: Node, step: Step) => StepEffect | Promise<StepEffect>;

const NOTHING: StepEffect = { result: {}, disks: {} };

/** Takes its time and changes nothing. */
export const doNothing: FakeEffect = () => NOTHING;

/** Empties the disks that can be emptied. */
export const erase: FakeEffect = (_tools, node) => {
  const erased = eraseDisks(node);
  const disks = erased.map((disk) => [disk.serial, disk.result === 'accepted' ? 'clean' : 'dirty'] as const);
  return { result: { erased }, disks: Object.fromEntries(disks) };
};

/** Puts a tenant's data onto the root disk. */
export const writeRootDisk: FakeEffect = (_tools, node) => {
  const root = disksOf(node)[0];
  return root === undefined ? NOTHING : { result: { root_device: root.name }, disks: { [root.serial]: 'dirty' } };
};

const settingValue = z.union([z.string(), z.number(), z.boolean()]).transform(String).nullable();
const biosSettings = z.array(z.looseObject({ name: z.string(), value: settingValue }));

/** The BIOS has these settings from now on, and no others. */
export const applyBiosSettings: FakeEffect = async ({ db }, node, step) => {
  const settings = argument(node, step, biosSettings, 'settings');
  await saveBiosSettings(
    db,
    node.uuid,
    settings.map(({ name, value }) => ({ name, value })),
  );
  return NOTHING;
};

/** The BIOS has no setting that somebody made. */
export const resetBios: FakeEffect = async ({ db }, node) => {
  await saveBiosSettings(db, node.uuid, []);
  return NOTHING;
};

const firmwareSettings = z.array(
  z.looseObject({ component: z.string(), url: z.string(), version: z.string().optional() }),
);

/** Each component has the firmware of its image from now on: the version that is said, else the image's name. */
export const updateFirmware: FakeEffect = async ({ db }, node, step) => {
  const settings = argument(node, step, firmwareSettings, 'settings');
  const flashed = settings.map(({ component, url, version }) => ({ component, version: version ?? nameOfImage(url) }));
  await flashFirmware(db, node.uuid, flashed);
  return NOTHING;
};

function nameOfImage(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function argument<T>(node: Node, step: Step, schema: z.ZodType<T>, name: string): T {
  const parsed = schema.safeParse(step.args?.[name]);
  if (parsed.success) return parsed.data;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Node ${nameOf(node)}: the argument ${name} of ${stepKey(step)} does not fit: ${z.prettifyError(parsed.error)}`,
  );
}
