import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BareMetalError } from '../../domain/errors.ts';

/** Programs that take mkisofs's options, in the order in which they are looked for. */
const MAKERS = ['genisoimage', 'mkisofs', 'xorrisofs'] as const;

/**
 * Makes an ISO 9660 file system of the files (path → content), with Joliet and Rock Ridge names, by
 * whichever of genisoimage, mkisofs and xorrisofs this host has. Nothing is left on the disk.
 * @throws BareMetalError `ServiceUnavailable` when the host has none of them
 */
export async function makeIso(
  files: Readonly<Record<string, string>>,
  label: string,
  signal?: AbortSignal,
): Promise<Buffer> {
  // mkdtemp makes a folder that only this user can read: user data may hold secrets.
  const folder = await mkdtemp(join(tmpdir(), 'anneal-iso-'));
  try {
    const content = join(folder, 'content');
    for (const [path, body] of Object.entries(files)) {
      await mkdir(dirname(join(content, path)), { recursive: true });
      await writeFile(join(content, path), body);
    }
    const target = join(folder, 'iso');
    await runMaker(['-quiet', '-J', '-r', '-V', label, '-o', target, content], signal);
    return await readFile(target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runMaker(options: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  for (const maker of MAKERS) {
    try {
      await promisify(execFile)(maker, options, { signal });
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  const message = `No config drive can be made on this host: install ${MAKERS.join(', ')} (Debian: genisoimage)`;
  throw new BareMetalError('ServiceUnavailable', message);
}

/**
 * Whether the bytes are an ISO 9660 file system with this label (ECMA-119 §8.4, primary volume descriptor
 * at sector 16: type 1, "CD001", label of 32 bytes at offset 40, padded with spaces; case doesn't count).
 */
export function isIsoLabelled(bytes: Buffer, label: string): boolean {
  const descriptor = bytes.subarray(16 * 2048, 17 * 2048);
  if (descriptor.length < 2048 || descriptor[0] !== 1 || descriptor.toString('latin1', 1, 6) !== 'CD001') return false;
  return descriptor.toString('latin1', 40, 72).trim().toLowerCase() === label.toLowerCase();
}
