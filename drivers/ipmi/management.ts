import type { Bmc, BootDevice as IpmiBootDevice, BootFlags, CallOptions } from 'ipmi-js';
import { BareMetalError } from '../../domain/errors.ts';
import type { BootDevice, Node } from '../../domain/node.ts';
import { bootModeOf } from '../boot-mode.ts';
import type { BootSelection, ManagementInterface } from '../interfaces.ts';
import { nameOf } from '../node-name.ts';
import type { Bmcs } from './bmcs.ts';
import type { IpmiSettings } from './driver-info.ts';

/** The boot devices that IPMI knows and how it calls them (IPMI v2.0 table 28-14). */
const TO_IPMI = {
  pxe: 'pxe',
  disk: 'disk',
  cdrom: 'cdrom',
  bios: 'bios',
  safe: 'safe',
} as const satisfies Partial<Record<BootDevice, IpmiBootDevice>>;

const FROM_IPMI: Readonly<Partial<Record<string, BootDevice>>> = {
  pxe: 'pxe',
  disk: 'disk',
  cdrom: 'cdrom',
  'remote-cdrom': 'cdrom',
  bios: 'bios',
  safe: 'safe',
};

const SUPPORTED = Object.keys(TO_IPMI) as (keyof typeof TO_IPMI)[];

/** Boot flags, clear CMOS and NMI by IPMI (IPMI v2.0 §28.12, §28.13, §28.3). */
export function createIpmiManagement(bmcs: Bmcs): ManagementInterface {
  return {
    getBootSelection(context) {
      return bmcs.call(context, 'reading the boot device', readSelection);
    },
    setBootSelection(context, selection) {
      const doing = `setting the boot device to ${describe(selection)}`;
      return bmcs.call(context, doing, async (bmc, settings, options) => {
        await writeSelection(bmc, { node: context.node, settings, selection }, options);
        if (!settings.verifyBootDevice) return;
        const kept = await readSelection(bmc, settings, options);
        if (!isSame(kept, selection)) throw notKept(context.node, selection, kept);
      });
    },
    supportedBootDevices: () => SUPPORTED,
    injectNmi(context) {
      return bmcs.call(context, 'sending an NMI', (bmc, _settings, options) => bmc.chassisControl('nmi', options));
    },
  };
}

/** Selects the disk again when the BMC holds no boot device (driver_info/ipmi_force_boot_device). */
export async function keepBootingFromDisk(
  bmc: Bmc,
  node: Node,
  settings: IpmiSettings,
  options: CallOptions,
): Promise<void> {
  const { device } = await readSelection(bmc, settings, options);
  if (device !== null) return;
  const selection = { device: 'disk', persistent: true, uefi: bootModeOf(node) === 'uefi', clearCmos: false } as const;
  await writeSelection(bmc, { node, settings, selection }, options);
}

async function readSelection(bmc: Bmc, settings: IpmiSettings, options: CallOptions): Promise<BootSelection> {
  const { flags } = await bmc.getBootOptions(options);
  return {
    device: flags.valid ? deviceOf(flags, settings) : null,
    persistent: flags.persistent,
    uefi: flags.efi,
    // As it stands, also when the flags are no longer valid: a BMC drops validity by itself after a time, so that
    // only a cleared bit says that the firmware acted on it.
    clearCmos: flags.clearCmos,
  };
}

function deviceOf(flags: BootFlags, { supermicro }: IpmiSettings): BootDevice | null {
  if (supermicro && flags.efi && flags.device === 'remote-media') return 'disk';
  return FROM_IPMI[flags.device] ?? null;
}

async function writeSelection(
  bmc: Bmc,
  { node, settings, selection }: { node: Node; settings: IpmiSettings; selection: BootSelection },
  options: CallOptions,
): Promise<void> {
  await bmc.setBootDevice(ipmiDeviceOf(node, selection.device), {
    ...options,
    efi: selection.uefi,
    persistent: selection.persistent,
    clearCmos: selection.clearCmos,
    disableTimeout: settings.disableBootTimeout,
    supermicroUefiDisk: settings.supermicro,
  });
}

function ipmiDeviceOf(node: Node, device: BootDevice | null): IpmiBootDevice {
  if (device === null) return 'none';
  const found = SUPPORTED.find((supported) => supported === device);
  if (found !== undefined) return TO_IPMI[found];
  throw new BareMetalError(
    'InvalidParameterValue',
    `Node ${nameOf(node)} cannot boot from "${device}" by IPMI; it can from ${SUPPORTED.join(', ')}.`,
  );
}

function isSame(a: BootSelection, b: BootSelection): boolean {
  return a.device === b.device && a.persistent === b.persistent && a.uefi === b.uefi && a.clearCmos === b.clearCmos;
}

function describe({ device, persistent, uefi, clearCmos }: BootSelection): string {
  const words = [device ?? 'none', persistent ? 'for every boot' : 'for the next boot', uefi ? 'UEFI' : 'BIOS'];
  return clearCmos ? `${words.join(', ')}, clear CMOS` : words.join(', ');
}

function notKept(node: Node, wanted: BootSelection, kept: BootSelection): BareMetalError {
  return new BareMetalError(
    'BootDeviceNotKept',
    `Node ${nameOf(node)}: the BMC was told to boot from ${describe(wanted)} but reads back ${describe(kept)}; if its reading cannot be trusted, set driver_info/ipmi_verify_boot_device to false.`,
  );
}
