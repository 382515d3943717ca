import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inNamespace } from '../../lab/namespaces.ts';
import { spawnDaemon, stopProcess, type ProcessRecord } from '../../lab/processes.ts';
import type { LabNode } from '../../lab/state.ts';
import type { LabSite } from './lab-site.ts';

const execute = promisify(execFile);

async function vsctl({ stack }: LabSite, ...args: string[]): Promise<string> {
  const database = `--db=unix:${stack.lab.switch.ovsdbSocket}`;
  return (await execute('ovs-vsctl', [database, '--timeout=20', ...args])).stdout.trim();
}

/** Puts the machine's first port on a VLAN behind Anneal's back. */
export async function plug(site: LabSite, machine: LabNode, vlan: number): Promise<void> {
  await vsctl(site, 'set', 'port', machine.nics[0]?.tap ?? '', `tag=${vlan}`);
}

/** The VLAN of the machine's first port as the switch has it. */
export async function vlanOf(site: LabSite, machine: LabNode): Promise<number> {
  return Number(await vsctl(site, 'get', 'port', machine.nics[0]?.tap ?? '', 'tag'));
}

/** Notes every frame of a machine that the host of a network sees. */
export class Sniffer {
  readonly #process: ProcessRecord;
  readonly #log: string;
  readonly #mac: string;

  private constructor(process: ProcessRecord, log: string, mac: string) {
    this.#process = process;
    this.#log = log;
    this.#mac = mac;
  }

  static async start(site: LabSite, machine: LabNode, network: 'tenant-a' | 'tenant-b'): Promise<Sniffer> {
    const { lab } = site.stack;
    const mac = machine.nics[0]?.mac ?? '';
    const { namespace, interface: port } = lab.networks[network];
    const log = join(site.imageFolder, `frames-${network}.log`);
    const tcpdump = ['timeout', '1800', 'tcpdump', '-l', '-n', '-e', '-i', port, 'ether', 'src', mac];
    return new Sniffer(await spawnDaemon(inNamespace(lab, tcpdump, namespace), log), log, mac);
  }

  /** Stops, and gives the frames. */
  async end(): Promise<string[]> {
    await stopProcess(this.#process);
    return (await readFile(this.#log, 'utf8')).split('\n').filter((line) => line.includes(` ${this.#mac} > `));
  }
}
