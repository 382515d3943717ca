import { z } from 'zod';
import type { Node } from '../../domain/node.ts';
import type { ErasedDisk } from '../interfaces.ts';
import { wrongDial } from './dials.ts';

/** A disk of a fake machine. */
export interface FakeDisk {
  readonly name: string;
  readonly serial: string;
  readonly model: string;
  readonly sizeGib: number;
}

const disksSchema = z.array(
  z.strictObject({
    name: z.string(),
    serial: z.string(),
    model: z.string().default('Fake Disk'),
    size_gib: z.number().positive().default(10),
  }),
);
const serialsSchema = z.array(z.string());

/**
 * The disks of a fake machine: those of driver_info/fake_disks, else two. The first is the root disk.
 * @throws BareMetalError `InvalidParameterValue`
 */
export function disksOf(node: Node): FakeDisk[] {
  const value = node.driverInfo['fake_disks'];
  if (value === undefined || value === null) return [disk(node, 'a'), disk(node, 'b')];
  const parsed = disksSchema.safeParse(value);
  if (!parsed.success) throw wrongDial(node, 'fake_disks', z.prettifyError(parsed.error));
  return parsed.data.map(({ size_gib: sizeGib, name, serial, model }) => ({ name, serial, model, sizeGib }));
}

function disk(node: Node, letter: string): FakeDisk {
  const serial = `FAKE${node.uuid.slice(0, 8).toUpperCase()}${letter.toUpperCase()}`;
  return { name: `/dev/vd${letter}`, serial, model: 'Fake Disk', sizeGib: 10 };
}

/** The disks that the node has now: without those that driver_info/fake_missing_disks (serials) took away. */
export function presentDisks(node: Node): FakeDisk[] {
  const missing = serialsIn(node, 'fake_missing_disks');
  return disksOf(node).filter((candidate) => !missing.has(candidate.serial));
}

/** The report of an erase of all present disks; those of driver_info/fake_dirty_disks (serials) keep their data. */
export function eraseDisks(node: Node): ErasedDisk[] {
  const stubborn = serialsIn(node, 'fake_dirty_disks');
  return presentDisks(node).map((candidate) => {
    const dirty = stubborn.has(candidate.serial);
    return {
      device: candidate.name,
      serial: candidate.serial,
      wwn: null,
      model: candidate.model,
      sizeBytes: candidate.sizeGib * 2 ** 30,
      method: 'overwrite',
      tool: 'fake-hardware',
      verification: { samples: 16, with_data: dirty ? 3 : 0 },
      result: dirty ? 'failed' : 'accepted',
      reason: dirty ? '3 of 16 samples still hold data' : null,
    };
  });
}

function serialsIn(node: Node, dial: string): ReadonlySet<string> {
  const parsed = serialsSchema.safeParse(node.driverInfo[dial] ?? []);
  if (!parsed.success) throw wrongDial(node, dial, 'expected a list of serial numbers');
  return new Set(parsed.data);
}
