import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { createBootApp } from '../../boot/app.ts';
import { startDhcpServers } from '../../boot/dnsmasq.ts';
import { getAgentSession, lookupAgent, recordHeartbeat } from '../../db/agent-sessions.ts';
import { createPool, type Queryable } from '../../db/pool.ts';
import type { Node, Port } from '../../domain/node.ts';
import { chooseRootDevice } from '../../domain/root-device.ts';
import { createAgentClient, type AgentTarget } from '../../drivers/agent/client.ts';
import {
  getHardwareInfo,
  listAgentSteps,
  powerOffByAgent,
  runAgentStep,
  syncAgent,
  writeAgentImage,
  type AgentCall,
} from '../../drivers/agent/commands.ts';
import { buildConfigDrive } from '../../drivers/images/config-drive.ts';
import { ensureImage } from '../../drivers/images/ensure-image.ts';
import { until } from './until.ts';

/**
 * One whole life of the real agent, run inside a network namespace by test/contract/agent.test.ts: it boots
 * a QEMU machine by Anneal's boot service, speaks with the agent by drivers/agent, and prints what it saw.
 */
export interface ProbeInput {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly node: Node;
  readonly ports: Port[];
  readonly address: string;
  readonly device: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly squashfs: string;
  readonly image: string;
}

/** What the probe saw. */
export interface ProbeOutput {
  version: string;
  disks: { name: string; serial: unknown; size: number }[];
  cleanSteps: string[];
  deploySteps: string[];
  /** What the heartbeats said of a step whose caller died and of the try that took it over. */
  adopted: boolean[];
  /** Commands named execute_clean_step that the agent saw for two runs with one key, and one with another. */
  cleanCommands: number;
  unknownStep: string;
  wrongToken: string;
  missingImage: string;
  root: string;
  imageOnDisk: boolean;
  labelsOnDisk: number;
  poweredOff: boolean;
  seconds: number;
}

const GIB = 2 ** 30;
const input = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as ProbeInput;
const db = createPool(input.databaseUrl, { maxConnections: 2 });
const log = pino({ level: 'error' }, process.stderr);
const output = await probe().finally(() => db.end());
process.stdout.write(`${JSON.stringify(output)}\n`);
process.exit(0);

async function probe(): Promise<ProbeOutput> {
  const { folder, address, device, kernel, initrd } = input;
  const agent = {
    apiUrl: 'http://{host}:6385',
    kernelParams: 'console=ttyS0 quiet anneal.live=media',
    collectLldp: false,
  };
  const artifacts = { kernel, initrd, rootfs: undefined };
  const boot = createServer(createBootApp({ db, log, agent, artifacts, imageCache: join(folder, 'images') })).listen(
    8089,
    '0.0.0.0',
  );
  const api = createServer(agentApi(db)).listen(6385, '0.0.0.0');
  const network = {
    interface: device,
    address,
    first: address.replace(/\d+$/, '50'),
    last: address.replace(/\d+$/, '99'),
  };
  const networks = [{ ...network, netmask: '255.255.255.0', ipv6Prefix: 'fd00:113::' }];
  const places = {
    stateFolder: join(folder, 'dhcp'),
    program: 'dnsmasq',
    tftpRoot: join(folder, 'no-tftp'),
    httpPort: 8089,
  };
  const dhcp = await startDhcpServers({ networks, ...places }, log);
  const startedAt = performance.now();
  const machine = spawn('qemu-system-x86_64', await machineArguments(), { stdio: 'ignore' });
  const client = createAgentClient();
  try {
    const target = await until('a heartbeat of the agent', () => agentTarget(), { patienceMs: 240_000 });
    const seen = await exercise({ client, target, pollMs: 500 });
    const poweredOff = await until('an end of the machine', () => machine.exitCode !== null, { patienceMs: 60_000 });
    return {
      ...seen,
      ...(await lookAtDisk(seen.root)),
      poweredOff,
      seconds: Math.round((performance.now() - startedAt) / 1000),
    };
  } finally {
    if (machine.exitCode === null) {
      machine.kill('SIGKILL');
      await once(machine, 'exit');
    }
    await client.close();
    await dhcp.stop();
    for (const server of [boot, api]) server.close();
  }
}

/** The three calls of the agent, on Anneal's own functions. */
function agentApi(pool: Queryable) {
  const app = express();
  app.use(express.json({ limit: '10mb' }));
  app.get('/', (_request, response) => {
    response.json({
      default_version: { id: 'v1', version: '1.96', min_version: '1.1', status: 'CURRENT' },
      versions: [],
    });
  });
  app.get('/v1/lookup', async (request, response) => {
    const { addresses } = request.query;
    const found = typeof addresses === 'string' && (await lookupAgent(pool, { addresses: addresses.split(',') }));
    if (!found) return void response.status(404).json({});
    const { uuid, properties, instanceInfo, driverInternalInfo } = found.node;
    const node = { uuid, properties, instance_info: instanceInfo, driver_internal_info: driverInternalInfo };
    response.json({ node, config: { heartbeat_timeout: 300, agent_token: found.token, agent_token_required: true } });
  });
  app.post('/v1/heartbeat/:node', async (request, response) => {
    const body = request.body as Record<string, string>;
    await recordHeartbeat(pool, {
      nodeUuid: request.params.node,
      token: body['agent_token'],
      callbackUrl: body['callback_url'] ?? '',
      verifyCa: body['agent_verify_ca'],
      agentVersion: body['agent_version'],
    });
    response.status(202).end();
  });
  return app;
}

async function agentTarget(): Promise<AgentTarget | undefined> {
  const session = await getAgentSession(db, input.node.uuid);
  const { callbackUrl, verifyCa, token } = session ?? {};
  return callbackUrl && verifyCa && token ? { nodeUuid: input.node.uuid, callbackUrl, verifyCa, token } : undefined;
}

async function exercise(call: AgentCall) {
  const subject = { node: input.node, ports: input.ports, dials: { agent_erase_devices_iterations: 0 } };
  const { version } = await call.client.getStatus(call.target);
  const info = await getHardwareInfo(call);
  const cleanSteps = (await listAgentSteps(call, 'clean', subject)).map(({ step }) => step);
  const deploySteps = (await listAgentSteps(call, 'deploy', subject)).map(({ step }) => step);
  const adopted = await eraseAcrossACrash(call, subject);
  const commands = await call.client.listCommands(call.target);
  const strange = { interface: 'deploy', step: 'dance', priority: 0 } as const;
  const unknownStep = await wordsOf(runAgentStep(call, { ...subject, kind: 'clean', step: strange, key: 'p:3' }));
  const stranger = { ...call, target: { ...call.target, token: 'x'.repeat(43) } };
  const wrongToken = await wordsOf(syncAgent(stranger));
  const root = chooseRootDevice(info.disks, {
    instanceInfo: { root_device: { serial: 'PROBE-A' } },
    properties: {},
  }).name;
  const missingImage = await deploy(call, subject, root);
  await powerOffByAgent(call);
  return {
    version,
    disks: info.disks.map(({ name, serial, size }) => ({ name, serial: serial ?? null, size })),
    cleanSteps,
    deploySteps,
    adopted,
    cleanCommands: commands.filter(({ name }) => name === 'execute_clean_step').length,
    unknownStep,
    wrongToken,
    missingImage,
    root,
  };
}

/** A step whose caller dies in the middle, its second try, and the same step once more under another key. */
async function eraseAcrossACrash(call: AgentCall, subject: { node: Node; ports: Port[] }): Promise<boolean[]> {
  const step = { interface: 'deploy', step: 'erase_devices_metadata', priority: 99 } as const;
  const crash = new AbortController();
  const seen: boolean[] = [];
  const heartbeat = ({ adopted }: { adopted: boolean }) => void seen.push(adopted);
  const first = { ...subject, kind: 'clean', step, key: 'p:1' } as const;
  const dying = runAgentStep({ ...call, heartbeat, signal: crash.signal }, first).catch(() => 'died');
  await until('a heartbeat of the step', () => seen.length > 0, { patienceMs: 60_000 });
  crash.abort();
  await dying;
  await runAgentStep({ ...call, heartbeat }, first);
  await runAgentStep(call, first);
  await runAgentStep(call, { ...first, key: 'p:2' });
  return [...new Set(seen)];
}

/** First with an image that isn't there, which fails in the agent's words; then well. */
async function deploy(call: AgentCall, subject: { node: Node; ports: Port[] }, root: string): Promise<string> {
  const checksum = await sha256Of(input.image);
  const source = new URL(`file://${input.image}`).href;
  const cache = { cacheDir: join(input.folder, 'images'), fileFolders: [join(input.image, '..')] };
  const { sha256, format } = await ensureImage({ source, checksum }, cache);
  const defaults = { uuid: input.node.uuid, name: 'probe' };
  const configDrive = await buildConfigDrive({ content: '{"user_data":"anneal-probe-user-data"}', defaults });
  const url = `http://${input.address}:8089/images/${sha256}`;
  const image = { id: sha256, url, format, checksum: { algo: 'sha256', value: sha256 } } as const;
  const bad = { ...image, id: 'bad', url: `${url.slice(0, -1)}${url.endsWith('0') ? '1' : '0'}` };
  const words = await wordsOf(writeAgentImage(call, { ...subject, image: bad, device: root, key: 'p:4' }));
  await writeAgentImage(call, { ...subject, image, device: root, configDrive, key: 'p:5' });
  await syncAgent(call);
  return words;
}

/** Whether the image is on the disk that was chosen, and how many config drives are behind it. */
async function lookAtDisk(root: string): Promise<{ imageOnDisk: boolean; labelsOnDisk: number }> {
  const handle = await open(join(input.folder, 'disk-a.raw'), 'r');
  const image = await open(input.image, 'r');
  try {
    const [onDisk, wanted] = [Buffer.alloc(4096), Buffer.alloc(4096)];
    // Beyond the partition tables, which the agent changes: the first MiB of the first partition.
    await handle.read(onDisk, 0, 4096, 2 ** 20);
    await image.read(wanted, 0, 4096, 2 ** 20);
    let labelsOnDisk = 0;
    for await (const chunk of createReadStream(join(input.folder, 'disk-a.raw'), {
      highWaterMark: 2 ** 24,
      start: 4 * GIB,
    })) {
      labelsOnDisk += (chunk as Buffer).includes('anneal-probe-user-data') ? 1 : 0;
    }
    return { imageOnDisk: root !== '' && onDisk.equals(wanted), labelsOnDisk };
  } finally {
    await Promise.all([handle.close(), image.close()]);
  }
}

async function machineArguments(): Promise<string[]> {
  const { folder, device, squashfs, ports } = input;
  for (const disk of ['disk-a.raw', 'disk-b.raw']) {
    await writeFile(join(folder, disk), '');
    await truncate(join(folder, disk), 5 * GIB);
  }
  const drive = 'format=raw,if=none,discard=unmap,detect-zeroes=unmap,cache=unsafe';
  const options = [
    '-machine pc,graphics=off -accel tcg -m 1024 -nodefaults -display none -vga none',
    `-serial file:${join(folder, 'console')} -device virtio-rng-pci -device virtio-scsi-pci,id=scsi0`,
    `-drive file=${join(folder, 'disk-a.raw')},id=a,${drive} -device virtio-blk-pci,drive=a,serial=PROBE-A`,
    `-drive file=${join(folder, 'disk-b.raw')},id=b,${drive} -device scsi-hd,bus=scsi0.0,drive=b,serial=PROBE-B`,
    `-drive if=none,id=cd,media=cdrom,readonly=on,format=raw,file=${squashfs} -device scsi-cd,bus=scsi0.0,drive=cd`,
    `-netdev tap,id=n0,ifname=${device},script=no,downscript=no,vnet_hdr=off`,
    `-device virtio-net-pci,netdev=n0,mac=${ports[0]?.address},bootindex=0`,
  ];
  return options.flatMap((option) => option.split(' '));
}

async function wordsOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: unknown) => `${(error as { code?: string }).code}: ${(error as Error).message}`,
  );
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
