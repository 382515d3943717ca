import { join } from 'node:path';

/** Whether the text is a SHA-256 in lower-case hexadecimal: nothing else becomes part of a path. */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Where the image with this SHA-256 is kept, once it is whole and checked. */
export function cachedImagePath(cacheDir: string, sha256: string): string {
  return join(cacheDir, `${sha256}.img`);
}

/** The facts of a cached image, as JSON. */
export function cachedFactsPath(cacheDir: string, sha256: string): string {
  return join(cacheDir, `${sha256}.json`);
}
