import { BareMetalError } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './node.ts';
import { invalidHint, matcherOf, type Disk } from './root-device-hints.ts';

/** Where the operator's wishes stand: `instance_info.root_device` goes before `properties.root_device`. */
export interface RootDeviceWishes {
  readonly instanceInfo: JsonObject;
  readonly properties: JsonObject;
}

const GIB = 2 ** 30;

/** Without hints a smaller disk is no root device (ironic-python-agent, guess_root_disk). */
const SMALLEST_GUESS = 4 * GIB;

/**
 * The disk that a system goes onto: the first that matches all hints, or, without hints, the smallest of
 * at least 4 GiB, as the agent itself would choose. Disks of `properties.skip_block_devices` are passed over.
 * @throws BareMetalError `RootDeviceNotFound`, `InvalidParameterValue` when a hint is malformed
 */
export function chooseRootDevice(disks: readonly Disk[], wishes: RootDeviceWishes): Disk {
  const candidates = withoutSkipped(disks, wishes.properties['skip_block_devices']);
  const hints = hintsOf(wishes);
  const found = hints === undefined ? guess(candidates) : candidates.find(matcherOf(hints));
  if (found !== undefined) return found;
  const wanted = hints === undefined ? 'no root device hints, and no disk of at least 4 GiB' : JSON.stringify(hints);
  throw new BareMetalError(
    'RootDeviceNotFound',
    `No root device for ${wanted}; the machine has ${candidates.map(describeDisk).join(', ') || 'no disks'}`,
  );
}

/**
 * Checks that an image fits.
 * @throws BareMetalError `ImageTooLarge`
 */
export function assertImageFits(disk: Disk, image: { readonly name: string; readonly virtualSizeBytes: number }): void {
  if (image.virtualSizeBytes <= disk.size) return;
  const message = `The image ${image.name} needs ${gib(image.virtualSizeBytes)} GiB on disk, but the root device is ${describeDisk(disk)}`;
  throw new BareMetalError('ImageTooLarge', message);
}

/** Checks hints without disks, e.g. when a node is validated. @throws BareMetalError `InvalidParameterValue` */
export function assertRootDeviceHints(wishes: RootDeviceWishes): void {
  const hints = hintsOf(wishes);
  if (hints !== undefined) matcherOf(hints);
}

function hintsOf({ instanceInfo, properties }: RootDeviceWishes): JsonObject | undefined {
  for (const [place, value] of [
    ['instance_info', instanceInfo['root_device']],
    ['properties', properties['root_device']],
  ] as const) {
    if (value === undefined || value === null) continue;
    if (!isObject(value)) throw invalidHint(`${place}/root_device`, 'an object of hints', value);
    if (Object.keys(value).length > 0) return value;
  }
  return undefined;
}

function withoutSkipped(disks: readonly Disk[], skips: unknown): readonly Disk[] {
  if (skips === undefined || skips === null) return disks;
  if (!Array.isArray(skips) || !skips.every(isObject)) {
    throw invalidHint('properties/skip_block_devices', 'a list of objects of hints', skips);
  }
  const skipped = skips.map(matcherOf);
  return disks.filter((disk) => !skipped.some((matches) => matches(disk)));
}

function guess(disks: readonly Disk[]): Disk | undefined {
  const byCode = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return disks
    .toSorted((a, b) => a.size - b.size || byCode(a.name, b.name))
    .find((disk) => disk.size >= SMALLEST_GUESS);
}

function describeDisk(disk: Disk): string {
  const serial = typeof disk['serial'] === 'string' && disk['serial'] !== '' ? `, serial ${disk['serial']}` : '';
  return `${disk.name} (${gib(disk.size)} GiB${serial})`;
}

function gib(bytes: number): string {
  return (bytes / GIB).toFixed(2).replace(/\.?0+$/, '');
}
