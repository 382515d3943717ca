import { open } from 'node:fs/promises';
import { BareMetalError } from '../../domain/errors.ts';

/** What kind of disk image a file is. */
export interface ImageFormat {
  readonly format: 'raw' | 'qcow2';
  /** Bytes that it takes on a disk. */
  readonly virtualSizeBytes: number;
}

/** A file to be looked at. */
export interface ImageFile {
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly sizeBytes: number;
  /** What the user says that it is. */
  readonly declared?: string | undefined;
}

/** Enough for a qcow2 header with its extensions, and for the magic of everything else. */
const HEAD_BYTES = 64 * 1024;

/**
 * Reads the header: raw whole disk images and qcow2 images that stand alone are taken, everything else is
 * refused. The bytes decide, not the name; a file that isn't what it was declared to be is refused too,
 * since a «raw» image with a qcow2 header could make a reader open other files.
 * @throws BareMetalError `ImageFormatRefused`
 */
export async function readImageFormat(file: ImageFile): Promise<ImageFormat> {
  const head = await readHead(file.path);
  const found = detect(head, file);
  if (file.declared !== undefined && file.declared !== found.format) {
    throw refused(file, `it was declared as ${file.declared}, but it is ${found.format}`);
  }
  return found;
}

async function readHead(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function detect(head: Buffer, file: ImageFile): ImageFormat {
  if (head.subarray(0, 4).equals(QCOW_MAGIC)) return { format: 'qcow2', virtualSizeBytes: readQcow2(head, file) };
  const other = OTHER_MAGIC.find(([magic]) => head.subarray(0, magic.length).equals(magic));
  if (other !== undefined) throw refused(file, `it is ${other[1]}`);
  // The boot signature of a partition table, MBR or protective MBR: bytes 510 and 511.
  if (head.length < 512 || head.readUInt16BE(510) !== 0x55aa) {
    throw refused(
      file,
      'it has no partition table, so that no machine could boot it (only whole disk images are taken)',
    );
  }
  return { format: 'raw', virtualSizeBytes: file.sizeBytes };
}

const QCOW_MAGIC = Buffer.from('514649fb', 'hex');

const OTHER_MAGIC: readonly (readonly [magic: Buffer, name: string])[] = [
  [Buffer.from('1f8b', 'hex'), 'gzip-compressed; decompress it first'],
  [Buffer.from('fd377a585a00', 'hex'), 'xz-compressed; decompress it first'],
  [Buffer.from('28b52ffd', 'hex'), 'zstd-compressed; decompress it first'],
  [Buffer.from('BZh'), 'bzip2-compressed; decompress it first'],
  [Buffer.from('PK\u0003\u0004'), 'a zip file; unpack it first'],
  [Buffer.from('KDMV'), 'a VMDK image; convert it with qemu-img'],
  [Buffer.from('# Disk DescriptorFile'), 'a VMDK description; convert it with qemu-img'],
  [Buffer.from('vhdxfile'), 'a VHDX image; convert it with qemu-img'],
  [Buffer.from('conectix'), 'a VHD image; convert it with qemu-img'],
  [Buffer.from('<<< '), 'a VDI image; convert it with qemu-img'],
  [Buffer.from('LUKS\u00ba\u00be', 'latin1'), 'encrypted by LUKS'],
  [Buffer.from('<!DOCTYPE', 'latin1'), 'a web page'],
];

/** Incompatible features that change nothing for a reader of whole images: dirty, compression type, extended L2. */
const HARMLESS_FEATURES = 0b1_1001n;
const CORRUPT_FEATURE = 0b0_0010n;
const DATA_FILE_FEATURE = 0b0_0100n;
const DATA_FILE_EXTENSION = 0x44415441;
const BACKING_FORMAT_EXTENSION = 0xe2792aca;

/**
 * The virtual size of a qcow2 image, version 2 or 3 (QEMU docs/interop/qcow2.txt, "Header"); big-endian:
 * 4 version, 8 backing file offset, 24 size, 32 encryption, 72 incompatible features (v3), 100 header length (v3).
 */
function readQcow2(head: Buffer, file: ImageFile): number {
  if (head.length < 72) throw refused(file, 'its qcow2 header is cut off');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw refused(file, `it is qcow version ${version}; versions 2 and 3 are taken`);
  if (head.readBigUInt64BE(8) !== 0n) throw refused(file, 'its qcow2 header names a backing file');
  if (head.readUInt32BE(32) !== 0) throw refused(file, 'it is encrypted');
  const size = head.readBigUInt64BE(24);
  if (size === 0n || size > BigInt(Number.MAX_SAFE_INTEGER)) throw refused(file, `its size of ${size} bytes can't be`);
  if (version === 3) checkFeatures(head, file);
  checkExtensions(head, version === 3 ? head.readUInt32BE(100) : 72, file);
  return Number(size);
}

function checkFeatures(head: Buffer, file: ImageFile): void {
  if (head.length < 104) throw refused(file, 'its qcow2 header is cut off');
  const features = head.readBigUInt64BE(72);
  if ((features & DATA_FILE_FEATURE) !== 0n) throw refused(file, 'its data are in another file');
  if ((features & CORRUPT_FEATURE) !== 0n) throw refused(file, 'its qcow2 header says that it is corrupt');
  const unknown = features & ~HARMLESS_FEATURES;
  if (unknown !== 0n) throw refused(file, `it uses unknown qcow2 features (${unknown.toString(16)}h)`);
}

/** Each extension: type, length (4 bytes each), data padded to 8 bytes; type 0 ends. */
function checkExtensions(head: Buffer, begin: number, file: ImageFile): void {
  let offset = begin;
  while (offset + 8 <= head.length) {
    const type = head.readUInt32BE(offset);
    if (type === 0) return;
    if (type === DATA_FILE_EXTENSION) throw refused(file, 'its data are in another file');
    if (type === BACKING_FORMAT_EXTENSION) throw refused(file, 'its qcow2 header names a backing format');
    offset += 8 + Math.ceil(head.readUInt32BE(offset + 4) / 8) * 8;
  }
}

function refused({ name }: ImageFile, why: string): BareMetalError {
  return new BareMetalError('ImageFormatRefused', `${name}: ${why}`);
}
