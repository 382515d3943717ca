import { getConfigDrive } from '../db/config-drives.ts';
import { getInventory } from '../db/inventory.ts';
import { BareMetalError } from '../domain/errors.ts';
import { rootCandidatesIn } from '../domain/inventory.ts';
import type { JsonObject, Node } from '../domain/node.ts';
import { assertImageFits, assertRootDeviceHints, chooseRootDevice } from '../domain/root-device.ts';
import { getHardwareInfo, installBootloader, syncAgent, writeAgentImage } from '../drivers/agent/commands.ts';
import { bootModeOf } from '../drivers/boot-mode.ts';
import { buildConfigDrive } from '../drivers/images/config-drive.ts';
import { ensureImage, type CachedImage } from '../drivers/images/ensure-image.ts';
import { openAgent } from './agent-call.ts';
import { nameOfNode, openDevice, type Device } from './device.ts';
import { reportProgress } from './progress.ts';
import { retold } from './retold.ts';
import type { Tools } from './tools.ts';

/** Activities that bring a tenant's system onto a machine. */
export const createImageActivities = (tools: Tools) => ({
  /**
   * Fetches and checks the image, the config drive, the root device hints, and, by the last inspection, whether
   * the image fits: before the machine is touched.
   * @throws BareMetalError the image's, the config drive's and the hints' codes, `ImageTooLarge`
   */
  async prepareImage({ nodeUuid }: { nodeUuid: string }): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    assertRootDeviceHints(device.node);
    await configDriveOf(tools, device);
    await refuseUnfit(tools, device, await fetchImage(tools, device));
  },

  /**
   * Writes image and config drive onto the root disk.
   * @throws BareMetalError `RootDeviceNotFound`, `ImageTooLarge`, and the agent's codes
   */
  async writeImage({ nodeUuid, key }: { nodeUuid: string; key: string }): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const image = await fetchImage(tools, device);
    const configDrive = await configDriveOf(tools, device);
    const { call, subject } = await openAgent(tools, device);
    const { disks } = await getHardwareInfo(call);
    const root = chooseRootDevice(disks, device.node);
    assertImageFits(root, { name: nameOfImage(device.node), virtualSizeBytes: image.virtualSizeBytes });
    const written = { id: image.sha256, url: urlOf(tools, image), format: image.format, checksum: checksumOf(image) };
    await writeAgentImage(call, { ...subject, image: written, device: root.name, configDrive, key });
  },

  /** Enters the written system into the firmware's boot list (UEFI), and makes its bytes safe. */
  async prepareInstanceBoot({ nodeUuid }: { nodeUuid: string }): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const { call } = await openAgent(tools, device);
    await installBootloader(call, { bootMode: bootModeOf(device.node) });
    await syncAgent(call);
  },
});

async function fetchImage({ settings }: Tools, { node, signal }: Device): Promise<CachedImage> {
  const info = node.instanceInfo;
  const source = textOf(info, 'image_source');
  if (source === undefined) {
    throw new BareMetalError('MissingParameterValue', `Node ${nameOfNode(node)}: instance_info lacks image_source.`);
  }
  const wanted = {
    source,
    checksum: textOf(info, 'image_os_hash_value') ?? textOf(info, 'image_checksum'),
    algo: textOf(info, 'image_os_hash_algo'),
    format: textOf(info, 'image_disk_format'),
  };
  const cache = {
    cacheDir: settings.imageCache,
    fileFolders: settings.imageFolders,
    signal,
    onProgress: reportProgress,
  };
  return await naming(node, ensureImage(wanted, cache));
}

/** Says of which node an image or a config drive is refused. */
function naming<T>(node: Node, work: Promise<T>): Promise<T> {
  return retold(work, (message) => `Node ${nameOfNode(node)}: ${message}`);
}

/** What can't fit the disks that the last inspection saw need not wait for the agent to be refused. */
async function refuseUnfit({ db }: Tools, { node }: Device, { virtualSizeBytes }: CachedImage): Promise<void> {
  const stored = await getInventory(db, node.uuid);
  const disks = stored === undefined ? [] : rootCandidatesIn(stored.inventory);
  if (disks.length > 0) assertImageFits(chooseRootDevice(disks, node), { name: nameOfImage(node), virtualSizeBytes });
}

async function configDriveOf({ db }: Tools, { node, signal }: Device): Promise<string | undefined> {
  const content = (await getConfigDrive(db, node.uuid)) ?? textOf(node.instanceInfo, 'configdrive');
  if (content === undefined) return undefined;
  const defaults = { uuid: node.instanceUuid ?? node.uuid, name: node.name };
  return await naming(node, buildConfigDrive({ content, defaults, signal }));
}

/** Where agents fetch images: Anneal's boot service serves the image cache. */
function urlOf({ settings: { bootUrl } }: Tools, { sha256 }: CachedImage): string {
  return `${bootUrl.replace(/\/$/, '')}/images/${sha256}`;
}

function checksumOf({ sha256 }: CachedImage): { algo: 'sha256'; value: string } {
  return { algo: 'sha256', value: sha256 };
}

function nameOfImage({ instanceInfo }: Node): string {
  const source = textOf(instanceInfo, 'image_source') ?? 'image';
  return source.slice(source.lastIndexOf('/') + 1).split('?', 1)[0] ?? 'image';
}

function textOf(info: JsonObject, key: string): string | undefined {
  const value = info[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
