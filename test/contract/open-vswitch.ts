import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { untilSucceeds } from '../support/until.ts';

const run = promisify(execFile);
const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';

/** A real Open vSwitch (ovsdb-server and ovs-vswitchd with the userspace datapath) in a namespace of its own. */
export interface OpenVSwitch {
  /** `unix:<path>`. */
  readonly ovsdb: string;
  readonly socketPath: string;
  readonly bridge: string;
  /** Runs ovs-vsctl against it and gives what it prints. */
  vsctl(...args: string[]): Promise<string>;
  addPort(name: string): Promise<void>;
  removePort(name: string): Promise<void>;
  stopSwitching(): Promise<void>;
  startSwitching(): Promise<void>;
  stopDatabase(): Promise<void>;
  startDatabase(): Promise<void>;
  close(): Promise<void>;
}

/** Why no Open vSwitch can be started here, or undefined. */
export async function whyNoOpenVSwitch(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'needs root for a network namespace';
  const found = await run('which', ['ovsdb-server', 'ovs-vswitchd', 'ovsdb-tool', 'ip']).then(
    () => true,
    () => false,
  );
  return found ? undefined : 'needs the Debian packages openvswitch-switch and iproute2';
}

/** Starts one; its namespace is called `anneal-test-<pid>-<n>`. */
export async function startOpenVSwitch(): Promise<OpenVSwitch> {
  await clearLeftovers();
  const world = new World(`anneal-test-${process.pid}-${(count += 1)}`, await mkdtemp(join(tmpdir(), 'anneal-ovs-')));
  try {
    await world.create();
  } catch (error) {
    await world.close();
    throw error;
  }
  return world;
}

let count = 0;

/** Ends what test runs left behind that were killed: namespaces of ours whose process is gone. */
async function clearLeftovers(): Promise<void> {
  const { stdout } = await run('ip', ['netns', 'list']);
  for (const [namespace, pid] of stdout.matchAll(/^anneal-test-(\d+)-\d+/gm)) {
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    const inside = await run('ip', ['netns', 'pids', namespace]);
    for (const left of inside.stdout.split('\n').filter(Boolean)) process.kill(Number(left), 'SIGKILL');
    await run('ip', ['netns', 'del', namespace]);
  }
}

class World implements OpenVSwitch {
  readonly bridge = 'br0';
  readonly #namespace: string;
  readonly #folder: string;
  #database: ChildProcess | undefined;
  #switching: ChildProcess | undefined;

  constructor(namespace: string, folder: string) {
    this.#namespace = namespace;
    this.#folder = folder;
  }

  get socketPath(): string {
    return join(this.#folder, 'db.sock');
  }

  get ovsdb(): string {
    return `unix:${this.socketPath}`;
  }

  async create(): Promise<void> {
    await run('ip', ['netns', 'add', this.#namespace]);
    await run('ip', ['-n', this.#namespace, 'link', 'set', 'lo', 'up']);
    await run('ovsdb-tool', ['create', join(this.#folder, 'conf.db'), SCHEMA]);
    await this.startDatabase();
    await this.vsctl('--no-wait', 'init');
    await this.startSwitching();
    await this.vsctl('add-br', this.bridge, '--', 'set', 'bridge', this.bridge, 'datapath_type=netdev');
  }

  async vsctl(...args: string[]): Promise<string> {
    const { stdout } = await run('ovs-vsctl', [`--db=${this.ovsdb}`, '--timeout=10', ...args]);
    return stdout.trim();
  }

  async addPort(name: string): Promise<void> {
    await this.vsctl('add-port', this.bridge, name, '--', 'set', 'interface', name, 'type=internal');
  }

  async removePort(name: string): Promise<void> {
    await this.vsctl('del-port', this.bridge, name);
  }

  async startDatabase(): Promise<void> {
    const socket = `--remote=punix:${this.socketPath}`;
    this.#database = this.#spawn('ovsdb-server', join(this.#folder, 'conf.db'), socket);
    await untilSucceeds(() => run('ovsdb-client', ['list-dbs', this.ovsdb, '--timeout=1']));
  }

  async startSwitching(): Promise<void> {
    this.#switching = this.#spawn('ovs-vswitchd', this.ovsdb);
    await this.vsctl('--', 'set', 'Open_vSwitch', '.', 'other_config:anneal-test=started');
  }

  async stopSwitching(): Promise<void> {
    await stop(this.#switching);
    this.#switching = undefined;
  }

  async stopDatabase(): Promise<void> {
    await stop(this.#database);
    this.#database = undefined;
  }

  async close(): Promise<void> {
    await this.stopSwitching();
    await this.stopDatabase();
    await run('ip', ['netns', 'del', this.#namespace]).catch(() => {});
    await rm(this.#folder, { recursive: true, force: true });
  }

  #spawn(command: string, ...args: string[]): ChildProcess {
    const inside = ['netns', 'exec', this.#namespace, command, ...args];
    return spawn('ip', [...inside, '--no-chdir', `--unixctl=${join(this.#folder, `${command}.ctl`)}`], {
      stdio: 'ignore',
      env: { ...process.env, OVS_RUNDIR: this.#folder, OVS_DBDIR: this.#folder, OVS_LOGDIR: this.#folder },
    });
  }
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
