import type { BootFlags } from 'ipmi-js/server';

/** What a firmware can boot from. */
export type BootSource = 'network' | 'disks' | 'cd';

/** What the next start of a machine does. */
export interface BootPlan {
  /** Sources in the order in which the firmware tries them. */
  readonly order: readonly BootSource[];
}

const DEFAULT_ORDER: readonly BootSource[] = ['disks', 'network'];

/** An asked-for network boot goes on to the disks when the boot script says "exit"; an asked-for disk boot never goes to the network. */
const ORDERS: Partial<Record<BootFlags['device'], readonly BootSource[]>> = {
  pxe: ['network', 'disks'],
  disk: ['disks'],
  safe: ['disks'],
  'remote-disk': ['disks'],
  cdrom: ['cd', 'disks'],
  'remote-cdrom': ['cd', 'disks'],
};

/** The boot order that the flags ask for (IPMI v2.0 table 28-14); flags that aren't valid ask for nothing. */
export const planBoot = (flags: Pick<BootFlags, 'valid' | 'device'>): BootPlan => ({
  order: (flags.valid ? ORDERS[flags.device] : undefined) ?? DEFAULT_ORDER,
});

/** True when both start the machine in the same way. */
export const isSamePlan = (one: BootPlan, other: BootPlan): boolean => one.order.join() === other.order.join();
