import { open } from 'node:fs/promises';

/** True when the raw disk image carries the 55h AAh mark of a boot sector at offset 510. */
export const hasBootSignature = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 510);
    return buffer[0] === 0x55 && buffer[1] === 0xaa;
  } finally {
    await file.close();
  }
};
