import { open } from 'node:fs/promises';
import type { LabNode } from '../../lab/state.ts';

const MARKER = Buffer.from('what the last tenant left behind: 5f2d9c0e');
/** At the beginning, where a file system's data lies, and at the very end. */
const placesOn = (bytes: number): number[] => [4096, 1_500_000_000, bytes - 4096];

/** Writes a marker at several places of every disk of a machine that is off. */
export async function writeMarkers({ disks }: LabNode): Promise<void> {
  for (const { path, sizeGib } of disks) {
    const file = await open(path, 'r+');
    for (const place of placesOn(sizeGib * 1024 ** 3)) await file.write(MARKER, 0, MARKER.length, place);
    await file.close();
  }
}

/** The disks, by kind, that still hold a marker somewhere. */
export async function markedDisks({ disks }: LabNode): Promise<string[]> {
  const marked: string[] = [];
  for (const { path, kind, sizeGib } of disks) {
    const file = await open(path, 'r');
    for (const place of placesOn(sizeGib * 1024 ** 3)) {
      const { buffer } = await file.read(Buffer.alloc(MARKER.length), 0, MARKER.length, place);
      if (buffer.equals(MARKER) && !marked.includes(kind)) marked.push(kind);
    }
    await file.close();
  }
  return marked;
}
