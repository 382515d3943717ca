import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where things that take long to make are kept between runs and between clones: `ANNEAL_CACHE`, else ~/.cache/anneal. */
export function cacheFolder(): string {
  return process.env['ANNEAL_CACHE'] ?? join(homedir(), '.cache', 'anneal');
}
