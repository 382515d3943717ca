import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../../domain/node.ts';
import { addMachine, type Machine } from './machine.ts';
import { createSite, type NodeWishes, type Site } from './site.ts';

/** An image of a disk that a machine can boot from. */
export interface DiskImage {
  readonly url: string;
  readonly sha256: string;
}

/** A site whose machines have a BMC and an agent. */
export interface AgentSite extends Site {
  addMachine(driverInfo?: JsonObject, node?: NodeWishes): Promise<Machine>;
  makeImage(): Promise<DiskImage>;
  /** Says what the node's next deployment is to write. */
  setInstance(nodeUuid: string, image: DiskImage, more?: JsonObject): Promise<void>;
}

/** Starts one, with a folder for its images. An agent that doesn't call is given up after 5 seconds. */
export async function createAgentSite(env: Readonly<Record<string, string>> = {}): Promise<AgentSite> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-images-'));
  const site = await createSite({
    ANNEAL_IMAGE_CACHE: join(folder, 'cache'),
    ANNEAL_IMAGE_FOLDERS: folder,
    ANNEAL_CALLBACK_TIMEOUT_S: '5',
    ...env,
  });
  const machines: Machine[] = [];
  return {
    ...site,
    async addMachine(driverInfo = {}, wishes = {}) {
      const addNode: Site['addNode'] = (node) => site.addNode({ ...node, ...wishes });
      const machine = await addMachine({ ...site, addNode }, { driverInfo });
      machines.push(machine);
      return machine;
    },
    async makeImage() {
      const bytes = randomBytes(65_536);
      bytes.writeUInt16BE(0x55aa, 510);
      const path = join(folder, `${randomBytes(4).toString('hex')}.raw`);
      await writeFile(path, bytes);
      return { url: `file://${path}`, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
    async setInstance(nodeUuid, { url, sha256 }, more = {}) {
      const info = { image_source: url, image_os_hash_algo: 'sha256', image_os_hash_value: sha256, ...more };
      await site.tools.db.query('update nodes set instance_info = $2::jsonb where uuid = $1::uuid', [
        nodeUuid,
        JSON.stringify(info),
      ]);
    },
    async close() {
      for (const machine of machines) await machine.close();
      await site.close();
      await rm(folder, { recursive: true });
    },
  };
}
