import type { InventoryDisk } from './inventory.ts';

/** What tells one disk from another. */
export type DiskIdentity = Pick<InventoryDisk, 'name' | 'serial' | 'wwn'>;

/** Whether both are the same disk: by serial number, by WWN, and by name only when neither is known. */
export function isSameDisk(a: DiskIdentity, b: DiskIdentity): boolean {
  if (a.serial !== null && b.serial !== null) return a.serial === b.serial;
  if (a.wwn !== null && b.wwn !== null) return a.wwn === b.wwn;
  return a.serial === null && a.wwn === null && a.name === b.name;
}

/** The disks that inspection saw and that are not among the present ones. */
export function missingDisks<T extends DiskIdentity>(inspected: readonly T[], present: readonly DiskIdentity[]): T[] {
  return inspected.filter((disk) => !present.some((candidate) => isSameDisk(disk, candidate)));
}

/** Names a disk in messages. */
export function describeDisk({ name, serial }: DiskIdentity): string {
  return serial === null ? name : `${name} (serial ${serial})`;
}
