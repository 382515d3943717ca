import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureArtifacts } from '../../lab/image/artifacts.ts';
import type { Artifacts } from '../../lab/image/artifacts.ts';
import { createLab, destroyLab } from '../../lab/lab.ts';
import type { LabOptions } from '../../lab/lab.ts';
import { inNamespace } from '../../lab/namespaces.ts';
import { spawnDaemon, stopProcess } from '../../lab/processes.ts';
import type { ProcessRecord } from '../../lab/processes.ts';
import type { LabNode, LabState } from '../../lab/state.ts';
import { until } from '../support/until.ts';

const execute = promisify(execFile);

/** Everything that booting an agent asked for, in order. */
export interface AgentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

const API = 'http://172.31.100.1:6385';
const TOKEN = 'e2e-token-0123456789-0123456789-0123456789';

/** The service side of a first boot: iPXE script, kernel, lookup and heartbeat; nothing is checked here. */
class StubService {
  readonly requests: AgentRequest[] = [];
  readonly #artifacts: Artifacts;
  readonly #server: Server;
  /** The agent's root filesystem over HTTP instead of the CD drive. */
  live = 'media';
  nodes: readonly LabNode[] = [];

  constructor(artifacts: Artifacts) {
    this.#artifacts = artifacts;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', API);
    const text = Buffer.concat(chunks).toString();
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    this.requests.push({ method: request.method ?? '', path: url.pathname, query: url.searchParams, body });
    const { kernel, initrd, agentSquashfs, osImageRaw } = this.#artifacts;
    const files: Record<string, string> = {
      '/agent.kernel': kernel,
      '/agent.initrd': initrd,
      '/agent.squashfs': agentSquashfs,
      '/os.raw': osImageRaw,
    };
    const file = files[url.pathname];
    if (file !== undefined) return this.#sendFile(file, request.method === 'HEAD', response);
    if (url.pathname === '/boot.ipxe') return void response.end(this.#script());
    if (url.pathname.startsWith('/v1/heartbeat/')) return void response.writeHead(202).end();
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify(this.#document(url)));
  }

  async #sendFile(path: string, headOnly: boolean, response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-length': (await stat(path)).size });
    if (headOnly) response.end();
    else createReadStream(path).pipe(response);
  }

  #script(): string {
    const live = this.live === 'media' ? 'media' : `${API}/agent.squashfs`;
    const args = `initrd=agent.initrd console=ttyS0 quiet anneal.live=${live} ipa-api-url=${API} ipa-collect-lldp=0 BOOTIF=01-\${net0/mac:hexhyp}`;
    return `#!ipxe\nkernel ${API}/agent.kernel ${args}\ninitrd --name agent.initrd ${API}/agent.initrd\nboot\n`;
  }

  #document(url: URL): unknown {
    if (url.pathname !== '/v1/lookup')
      return {
        name: 'stub',
        default_version: { id: 'v1', version: '1.96', min_version: '1.1', status: 'CURRENT' },
        versions: [],
      };
    const macs = url.searchParams.get('addresses')?.split(',') ?? [];
    const node = this.nodes.find((candidate) => candidate.nics.some((nic) => macs.includes(nic.mac)));
    return {
      node: { uuid: node?.uuid, properties: {}, instance_info: {}, driver_internal_info: {} },
      config: {
        metrics: {},
        metrics_statsd: {},
        heartbeat_timeout: 300,
        agent_token: TOKEN,
        agent_token_required: true,
        permitted_image_formats: ['raw', 'qcow2', 'gpt'],
      },
    };
  }
}

const DNSMASQ = (directory: string): string => `interface=prov0
bind-interfaces
port=0
dhcp-range=172.31.100.50,172.31.100.200,255.255.255.0,10m
dhcp-option=3
dhcp-match=set:ipxe,175
dhcp-boot=tag:ipxe,boot.ipxe,,172.31.100.1
enable-tftp
tftp-root=${directory}
dhcp-leasefile=${directory}/leases
user=root
dhcp-authoritative
no-ping
dhcp-no-override
dhcp-option=encap:175,176,1b
enable-ra
dhcp-range=fd00:100::,ra-only,64,10m
ra-param=prov0,10,60
`;

const NEEDS_ROOT = 'The lab tests need root: network namespaces and Open vSwitch. Run them by sudo.';

/** A lab for one test file, with whatever a first boot needs, and hands on its machines. */
export class LabBench {
  readonly #name: string;
  readonly #home: string;
  #dhcp: ProcessRecord | undefined;
  #lab: LabState | undefined;
  artifacts!: Artifacts;
  service!: StubService;
  #options: LabOptions = {};

  private constructor(name: string, home: string) {
    this.#name = name;
    this.#home = home;
  }

  /** Brings up a lab of that name. @throws Error when this isn't root: such a test doesn't pass by being left out. */
  static async open(name: string, options: LabOptions): Promise<LabBench> {
    if (options.mode !== 'rootless' && process.getuid?.() !== 0) throw new Error(NEEDS_ROOT);
    const home = await mkdtemp(join(tmpdir(), 'anneal-e2e-'));
    process.env['ANNEAL_LAB_DIRECTORY'] = home;
    const bench = new LabBench(name, home);
    bench.artifacts = await ensureArtifacts();
    bench.service = new StubService(bench.artifacts);
    bench.#options = { ...options, name, apiPort: await bench.service.listen() };
    await bench.up();
    return bench;
  }

  /** Brings the lab up, or up again. */
  async up(): Promise<LabState> {
    this.#lab = await createLab(this.#options);
    this.service.nodes = this.#lab.nodes;
    return this.#lab;
  }

  get lab(): LabState {
    if (this.#lab === undefined) throw new Error('The lab is not up.');
    return this.#lab;
  }

  /** The machine with this number, from 1. */
  node(number: number): LabNode {
    const node = this.lab.nodes[number - 1];
    if (node === undefined) throw new Error(`The lab has no machine ${number}.`);
    return node;
  }

  /** Starts a DHCP and TFTP server that sends iPXE to the stub service. */
  async serveDhcp(): Promise<void> {
    const directory = join(this.#home, 'tftp');
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'boot.ipxe'), `#!ipxe\nchain ${API}/boot.ipxe?mac=\${net0/mac} || exit\n`);
    await writeFile(join(directory, 'dnsmasq.conf'), DNSMASQ(directory));
    const argv = ['dnsmasq', '-d', `--conf-file=${join(directory, 'dnsmasq.conf')}`];
    this.#dhcp = await spawnDaemon(inNamespace(this.lab, argv), join(directory, 'log'));
  }

  /** Runs a program in a namespace of the lab and gives what it printed. */
  async inside(argv: readonly string[], namespace?: string): Promise<string> {
    const [program = '', ...args] = inNamespace(this.lab, argv, namespace);
    const { stdout } = await execute(program, args, { timeout: 120_000 });
    return stdout;
  }

  /** Runs the independent IPMI client on a machine's BMC. */
  async ipmi(node: LabNode, ...args: string[]): Promise<string> {
    const { address, username, password } = node.bmc;
    return this.inside([
      'ipmitool',
      '-I',
      'lanplus',
      '-C',
      '17',
      '-H',
      address,
      '-U',
      username,
      '-P',
      password,
      ...args,
    ]);
  }

  /** Puts the machine's first port on a VLAN. */
  async plug(node: LabNode, vlan: number): Promise<void> {
    await execute('ovs-vsctl', [
      `--db=unix:${this.lab.switch.ovsdbSocket}`,
      '--timeout=20',
      'set',
      'port',
      node.nics[0]?.tap ?? '',
      `tag=${vlan}`,
    ]);
  }

  /** Waits until the BMC reports the power. */
  async untilPower(node: LabNode, power: 'on' | 'off', timeoutMs = 60_000): Promise<void> {
    const isSo = async () => (await this.ipmi(node, 'power', 'status')).includes(`is ${power}`);
    await until(`power ${power} of ${node.name}`, isSo, { everyMs: 300, patienceMs: timeoutMs });
  }

  /** Waits for a request of the agent. */
  async untilRequest(
    what: string,
    matches: (request: AgentRequest) => boolean,
    timeoutMs = 240_000,
  ): Promise<AgentRequest> {
    const { requests } = this.service;
    const otherwise = () => `${what}; requests: ${requests.map(({ path }) => path).join(' ')}`;
    return await until(otherwise, () => requests.find(matches), { everyMs: 200, patienceMs: timeoutMs });
  }

  /** Runs a command of the agent, to its end unless told otherwise, without checking its certificate. */
  async agent(
    callbackUrl: string,
    name: string,
    params: Record<string, unknown>,
    wait = 'true',
  ): Promise<Record<string, unknown>> {
    const address = `${callbackUrl}/v1/commands/?wait=${wait}&agent_token=${TOKEN}`;
    const said = await this.inside([
      'curl',
      '-sk',
      '--max-time',
      '110',
      '-H',
      'content-type: application/json',
      '-d',
      JSON.stringify({ name, params }),
      address,
    ]);
    return JSON.parse(said) as Record<string, unknown>;
  }

  /** Takes the lab down and deletes everything. */
  async close(): Promise<void> {
    if (this.#dhcp !== undefined) await stopProcess(this.#dhcp);
    await destroyLab(this.#name, { purge: true });
    this.service.close();
    await rm(this.#home, { recursive: true, force: true });
    delete process.env['ANNEAL_LAB_DIRECTORY'];
  }
}

/** Writes the lab's system on a disk image of a machine that is off, with a config drive when files are given. */
export const writeSystem = async (
  bench: LabBench,
  disk: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<void> => {
  await execute('dd', [
    `if=${bench.artifacts.osImageRaw}`,
    `of=${disk}`,
    'bs=1M',
    'conv=notrunc,sparse',
    'status=none',
  ]);
  if (Object.keys(config).length === 0) return;
  const work = await mkdtemp(join(tmpdir(), 'anneal-config-'));
  const latest = join(work, 'tree', 'openstack', 'latest');
  await mkdir(latest, { recursive: true });
  for (const [name, content] of Object.entries(config)) await writeFile(join(latest, name), JSON.stringify(content));
  const iso = join(work, 'config.iso');
  await execute('genisoimage', ['-quiet', '-J', '-r', '-V', 'config-2', '-o', iso, join(work, 'tree')]);
  // A partition of 4 MiB at 1 GiB, as far from the system as an agent would put it.
  // The image's second partition table moves to the end of the larger disk first.
  await execute('sfdisk', ['-q', '--relocate', 'gpt-bak-std', disk]);
  const child = execute('sfdisk', ['-q', '--append', '--no-reread', disk]);
  child.child.stdin?.end('2097152,8192\n');
  await child;
  const file = await open(disk, 'r+');
  await file.write(await readFile(iso), 0, undefined, 2_097_152 * 512);
  await file.close();
  await rm(work, { recursive: true });
};
