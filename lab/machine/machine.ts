import { copyFile, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BootFlagStore } from 'ipmi-js/server';
import { LabError } from '../errors.ts';
import { NVRAM_TEMPLATE } from '../nodes.ts';
import { commandLineOf, isAlive, recordOf } from '../processes.ts';
import type { ProcessRecord } from '../processes.ts';
import { run } from '../run.ts';
import type { LabDisk, LabNode, LabState } from '../state.ts';
import { readMemory, remember } from './bmc-memory.ts';
import { isSamePlan, planBoot } from './boot-plan.ts';
import type { BootPlan } from './boot-plan.ts';
import { hasBootSignature } from './boot-signature.ts';
import { qemuArguments } from './qemu-arguments.ts';
import { QmpConnection } from './qmp.ts';
import type { QmpEvent } from './qmp.ts';

const QUIT_MS = 3_000;

/** The QEMU process of a machine, found by its pid file and its uuid; undefined when the machine is off. */
export const findQemu = async (node: LabNode): Promise<ProcessRecord | undefined> => {
  const pid = Number(await readFile(node.paths.pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return (await commandLineOf(pid)).includes(node.uuid) ? recordOf(pid) : undefined;
};

/** What machines are told of their lab. */
export type HostingLab = Pick<LabState, 'liveFrom' | 'agentSquashfs' | 'links'>;

/** What a machine needs. */
export interface MachineSetting {
  /** The lab as it is now: a new agent image is used from the next start on. */
  readonly lab: () => HostingLab;
  readonly node: LabNode;
  readonly bootFlags: BootFlagStore;
  readonly log: (line: string) => void;
}

/**
 * A machine: power on = a QEMU process. It outlives this object, and is found again by
 * {@link Machine.adopt}. Changes of power are made one after the other.
 */
export class Machine {
  readonly #setting: MachineSetting;
  #qemu: ProcessRecord | undefined;
  #monitor: QmpConnection | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(setting: MachineSetting) {
    this.#setting = setting;
  }

  /** Takes over a QEMU that an earlier process started. */
  async adopt(): Promise<void> {
    this.#qemu = await findQemu(this.#setting.node);
    if (this.#qemu === undefined) return;
    await this.#watch();
    this.#log(`adopted, pid ${this.#qemu.pid}`);
  }

  /** Whether the machine has power. */
  async isOn(): Promise<boolean> {
    return isAlive(this.#qemu);
  }

  /** Starts QEMU as the boot flags say; nothing when it is on. */
  async powerOn(): Promise<void> {
    return this.#inTurn(async () => this.#start());
  }

  /** Ends QEMU as a cut of the power would. */
  async powerOff(): Promise<void> {
    return this.#inTurn(async () => this.#stop());
  }

  /** Off, then on; stays off when it was off (IPMI v2.0 table 28-4). */
  async cycle(): Promise<void> {
    return this.#inTurn(async () => this.#restart());
  }

  /** A hard reset: starts anew when the flags ask for another boot, else resets in place. */
  async reset(): Promise<void> {
    return this.#inTurn(async () => {
      if (!(await this.isOn())) return;
      if (this.#wantsOther()) return this.#restart();
      this.#setting.bootFlags.consumeOverride();
      await this.#command('system_reset');
    });
  }

  /** A non-maskable interrupt to all CPUs. */
  async nmi(): Promise<void> {
    await this.#command('inject-nmi');
  }

  /** Presses the ACPI power button; the guest may ignore it. */
  async softOff(): Promise<void> {
    if (await this.isOn()) await this.#command('system_powerdown');
  }

  /** Lets go of QEMU without ending it. */
  release(): void {
    this.#monitor?.removeAllListeners();
    this.#monitor?.close();
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    // A BMC answers a failure with a bare completion code, so the reason is told here.
    this.#turn = mine.catch((error: unknown) => this.#log(`failed: ${String(error)}`));
    return mine;
  }

  async #start(): Promise<void> {
    if (await this.isOn()) return;
    await this.#clearCmos();
    await this.#launch(planBoot(this.#setting.bootFlags.consumeOverride()));
  }

  async #stop(): Promise<void> {
    const qemu = this.#qemu;
    if (qemu === undefined || !(await this.isOn())) return;
    await this.#monitor?.execute('quit').catch(() => undefined);
    for (const deadline = Date.now() + QUIT_MS; Date.now() < deadline && (await isAlive(qemu));) await sleep(20);
    if (await isAlive(qemu)) process.kill(qemu.pid, 'SIGKILL');
    for (let tries = 0; tries < 100 && (await isAlive(qemu)); tries += 1) await sleep(20);
    if (await isAlive(qemu)) throw new LabError(`QEMU ${qemu.pid} of ${this.#setting.node.name} doesn't end.`);
    this.#forget();
    this.#log('off');
  }

  async #restart(): Promise<void> {
    if (!(await this.isOn())) return;
    await this.#stop();
    await this.#start();
  }

  async #command(name: string): Promise<void> {
    if (this.#monitor === undefined) throw new LabError(`${this.#setting.node.name} is off; ${name} isn't possible.`);
    await this.#monitor.execute(name);
  }

  #wantsOther(): boolean {
    const flags = this.#setting.bootFlags.get();
    const { lastPlan } = readMemory(this.#setting.node.paths.bmcState);
    return flags.clearCmos || lastPlan === null || !isSamePlan(lastPlan, planBoot(flags));
  }

  /** Puts the firmware settings back to factory when the flags ask for it; a machine without NVRAM only notes it. */
  async #clearCmos(): Promise<void> {
    const { bootFlags, node } = this.#setting;
    if (!bootFlags.get().clearCmos) return;
    if (node.paths.nvram !== null) await copyFile(NVRAM_TEMPLATE, node.paths.nvram);
    bootFlags.acknowledgeClearCmos();
    remember(node.paths.bmcState, { cmosClearedAt: new Date().toISOString() });
    this.#log('firmware settings back to factory');
  }

  /** BIOS: disks that can be booted first, since SeaBIOS tries only one. */
  async #bootDisks(): Promise<readonly LabDisk[]> {
    const { disks } = this.#setting.node;
    const bootable = new Set<LabDisk>();
    for (const disk of disks) if (await hasBootSignature(disk.path)) bootable.add(disk);
    return [...disks.filter((disk) => bootable.has(disk)), ...disks.filter((disk) => !bootable.has(disk))];
  }

  async #launch(plan: BootPlan): Promise<void> {
    const { node } = this.#setting;
    const lab = this.#setting.lab();
    await rm(node.paths.pidFile, { force: true });
    const live = lab.liveFrom === 'media' && plan.order[0] === 'network';
    const launch = {
      node,
      plan,
      links: lab.links,
      disks: await this.#bootDisks(),
      medium: live ? lab.agentSquashfs : null,
    };
    await run('qemu-system-x86_64', qemuArguments(launch));
    this.#qemu = await findQemu(node);
    if (this.#qemu === undefined)
      throw new LabError(`QEMU of ${node.name} ended as soon as it was started; see ${node.paths.console}.`);
    const { powerOns } = readMemory(node.paths.bmcState);
    remember(node.paths.bmcState, { lastPlan: plan, powerOns: powerOns + 1 });
    await this.#watch();
    this.#log(`on, boots ${plan.order.join(', ')}`);
  }

  async #watch(): Promise<void> {
    const monitor = await QmpConnection.open(this.#setting.node.paths.qmpControl);
    this.#monitor = monitor;
    monitor.on('event', (event) => this.#heed(event));
    monitor.on('close', () => {
      if (this.#monitor === monitor) this.#monitor = undefined;
    });
  }

  /** A guest that restarts boots as the flags say now: a one-time override was for the boot before. */
  #heed({ event, data }: QmpEvent): void {
    if (event === 'SHUTDOWN') this.#log(`the guest shut down (${String(data?.['reason'])})`);
    if (event !== 'RESET' || data?.['guest'] !== true) return;
    this.#log('the guest restarted');
    if (!this.#wantsOther()) {
      this.#setting.bootFlags.consumeOverride();
      return;
    }
    this.cycle().catch((error: unknown) => this.#log(`restart failed: ${String(error)}`));
  }

  #forget(): void {
    this.#monitor?.close();
    this.#monitor = undefined;
    this.#qemu = undefined;
  }

  #log(line: string): void {
    this.#setting.log(`${this.#setting.node.name}: ${line}`);
  }
}
