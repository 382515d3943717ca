import { dirname, join } from 'node:path';
import { ensureArtifacts } from '../../lab/image/artifacts.ts';
import { destroyLab } from '../../lab/lab.ts';
import { keptMachines } from '../../lab/report.ts';
import { startLabStack } from '../stack/lab-stack.ts';
import type { StackOptions } from '../stack/stack.ts';
import { ApiClient } from './api-client.ts';
import type { Display, Track } from './display.ts';
import { Expectations } from './expectations.ts';
import { labJourney } from './lab-journey.ts';
import { labTries } from './lab-tries.ts';
import { openFolder } from './open-folder.ts';
import { newCommand, type StartOptions } from './options.ts';
import type { Scene } from './scene.ts';
import { closeTenantPages } from './tenant-page.ts';

/** What bringing up the lab needs of `npm start`. */
export interface LabRequest {
  readonly options: StartOptions;
  readonly base: Pick<StackOptions, 'temporalCli' | 'ports' | 'say' | 'databaseUrl'>;
  /** The checkout's state folder. */
  readonly folder: string;
  readonly display: Display;
  readonly track: Track;
}

/** The lab with its machines, and Anneal's services around and inside it. */
export async function bringUpLab({ options, base, folder, display, track }: LabRequest): Promise<Scene> {
  const artifacts = await ensureArtifacts();
  const expectations = await Expectations.read(join(folder, 'expectations.json'));
  track.begin('lab and services', 25);
  const stack = await startLabStack({
    ...base,
    folder: await openFolder(join(folder, 'stack')),
    lab: { name: options.labName, nodes: options.nodes, mode: process.getuid?.() === 0 ? 'root' : 'rootless' },
    workerEnv: { ANNEAL_IMAGE_FOLDERS: dirname(artifacts.osImageRaw) },
  });
  const { lab } = stack;
  track.done(`PostgreSQL, Temporal, api; ${lab.nodes.length} machines, Open vSwitch, worker and boot service`);
  const kept = keptMachines(lab, options.nodes);
  if (kept !== undefined) display.line(`  ${kept} (\`${newCommand(options)}\`)`);
  return {
    stack,
    async journey() {
      display.heading('Journey');
      return await labJourney({ api: new ApiClient(stack.apiUrl), lab, artifacts, display, expectations });
    },
    tries: labTries(lab, artifacts),
    async close() {
      await closeTenantPages();
    },
    async after() {
      await destroyLab(lab.name);
    },
  };
}
