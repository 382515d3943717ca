import { readFileSync } from 'node:fs';

/** Datagrams of a session between two programs that were not written here. */
export interface Recording {
  readonly source: string;
  readonly datagrams: readonly { readonly from: 'console' | 'bmc'; readonly bytes: Buffer }[];
}

/** Reads a recording from `test/recordings`. */
export function readRecording(name: string): Recording {
  const file = new URL(`../recordings/${name}.json`, import.meta.url);
  const raw = JSON.parse(readFileSync(file, 'utf8')) as {
    source: string;
    datagrams: { from: 'console' | 'bmc'; hex: string }[];
  };
  const datagrams = raw.datagrams.map(({ from, hex }) => ({ from, bytes: Buffer.from(hex, 'hex') }));
  return { source: raw.source, datagrams };
}
