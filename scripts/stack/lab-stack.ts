import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { insertNetwork, listNetworks, type NewNetwork } from '../../db/networks.ts';
import { createPool } from '../../db/pool.ts';
import { upsertSwitch } from '../../db/switches.ts';
import { ensureArtifacts, type Artifacts } from '../../lab/image/artifacts.ts';
import { createLab, inNamespace, type LabOptions } from '../../lab/lab.ts';
import type { LabState } from '../../lab/state.ts';
import { startBoot } from './anneal.ts';
import { startStack, type Stack, type StackCore, type StackOptions } from './stack.ts';

const run = promisify(execFile);

/** A stack whose worker and boot service live in a lab's namespace. */
export interface LabStack extends Stack {
  readonly lab: LabState;
  readonly artifacts: Artifacts;
}

/** Options of the stack and of its lab. */
export type LabStackOptions = Omit<StackOptions, 'beforeWorker'> & { readonly lab: LabOptions };

const BOOT_PORT = 8089;
const CONSOLE = 'console=ttyS0 quiet';

/** Starts PostgreSQL, Temporal and api on loopback, then the lab, and in its namespace boot service and worker. */
export async function startLabStack(options: LabStackOptions): Promise<LabStack> {
  const { say = () => {}, ports } = options;
  const artifacts = await ensureArtifacts({ log: say });
  const made: { lab?: LabState } = {};
  const stack = await startStack({
    ...options,
    async beforeWorker(core) {
      say('lab');
      const lab = await createLab({ ...options.lab, temporalPort: ports.temporal, apiPort: ports.api, log: say });
      made.lab = lab;
      await describeNetworks(core, lab);
      return { env: workerEnv(options, lab), prefix: inNamespace(lab, []) };
    },
  });
  const { lab } = made;
  if (lab === undefined) throw new Error('the stack started without its lab');
  try {
    say('boot service');
    stack.add(await startLabBoot(options, stack, lab, artifacts));
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return { ...stack, lab, artifacts };
}

/** The image cache that worker and boot service share. */
function imageCache({ folder }: LabStackOptions): string {
  return join(folder, 'images');
}

function workerEnv(options: LabStackOptions, lab: LabState): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: lab.endpoints.temporal,
    ANNEAL_BOOT_URL: `http://${lab.networks.provisioning.address}:${BOOT_PORT}`,
    ANNEAL_IMAGE_CACHE: imageCache(options),
    // The lab's disks are sparse files: zeroes cost nothing, random bytes would fill them.
    ANNEAL_ERASE_ITERATIONS: '0',
    ...options.workerEnv,
  };
}

/** Tells Anneal of the lab's switch and networks; what is known already stays. */
async function describeNetworks({ databaseUrl }: StackCore, lab: LabState): Promise<void> {
  const { provisioning, cleaning, 'tenant-a': tenantA, 'tenant-b': tenantB } = lab.networks;
  const networks: NewNetwork[] = [
    { name: 'provisioning', vlan: provisioning.vlan, purpose: 'provisioning' },
    { name: 'cleaning', vlan: cleaning.vlan, purpose: 'cleaning' },
    { name: 'parked', vlan: lab.parkedVlan, purpose: 'parked' },
    { name: 'tenant-a', vlan: tenantA.vlan },
    { name: 'tenant-b', vlan: tenantB.vlan },
  ];
  const db = createPool(databaseUrl, { maxConnections: 1 });
  try {
    const known = new Set((await listNetworks(db)).map(({ name }) => name));
    for (const network of networks) if (!known.has(network.name)) await insertNetwork(db, network);
    const { name, ovsdb, bridge } = lab.switch;
    await upsertSwitch(db, { name, driver: 'ovs', settings: { ovsdb, bridge } });
  } finally {
    await db.end();
  }
}

async function startLabBoot(options: LabStackOptions, core: StackCore, lab: LabState, artifacts: Artifacts) {
  const networks = [lab.networks.provisioning, lab.networks.cleaning].map((network, index) => ({
    interface: network.interface,
    address: network.address,
    first: network.dhcpRange[0],
    last: network.dhcpRange[1],
    ipv6Prefix: `fd00:${100 + index}::`,
  }));
  const live = lab.liveFrom === 'media' ? 'media' : '{boot}/artifacts/rootfs';
  return startBoot({
    folder: join(options.folder, 'logs'),
    prefix: inNamespace(lab, []),
    env: {
      DATABASE_URL: core.databaseUrl,
      ANNEAL_BOOT_PORT: String(BOOT_PORT),
      ANNEAL_BOOT_NETWORKS: JSON.stringify(networks),
      ANNEAL_BOOT_STATE: join(options.folder, 'boot'),
      ANNEAL_AGENT_KERNEL: artifacts.kernel,
      ANNEAL_AGENT_INITRD: artifacts.initrd,
      ANNEAL_AGENT_ROOTFS: artifacts.agentSquashfs,
      ANNEAL_AGENT_KERNEL_PARAMS: `${CONSOLE} anneal.live=${live}`,
      ANNEAL_IMAGE_CACHE: imageCache(options),
      ...options.env,
    },
    probe: () => answersInside(lab, `http://${lab.networks.provisioning.address}:${BOOT_PORT}/healthz`),
  });
}

/** Asks from inside the lab's namespace, which is the only place that reaches it. */
async function answersInside(lab: LabState, url: string): Promise<boolean> {
  const script = `fetch(${JSON.stringify(url)}).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  const [program = '', ...args] = inNamespace(lab, [process.execPath, '-e', script]);
  return run(program, args).then(
    () => true,
    () => false,
  );
}
