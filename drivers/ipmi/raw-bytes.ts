import { BareMetalError } from '../../domain/errors.ts';

/** A command in bytes. */
export interface RawCommand {
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** How ipmitool reads a number (strtol with base 0), and so what clients of Ironic write. */
const NUMBERS: readonly (readonly [form: RegExp, base: number])[] = [
  [/^0x[0-9a-f]+$/i, 16],
  [/^0[0-7]*$/, 8],
  [/^[1-9]\d*$/, 10],
];

/**
 * Reads `raw_bytes` of send_raw: network function, command, data, as numbers with spaces between them.
 * @throws BareMetalError `InvalidParameterValue`, which tells the place and not the bytes: they may be a password
 */
export function parseRawBytes(text: unknown): RawCommand {
  const words = typeof text === 'string' ? text.trim().split(/\s+/) : [];
  const bytes = words.map(byteOf);
  const wrong = bytes.findIndex(Number.isNaN);
  if (wrong >= 0) throw refused(`number ${wrong + 1} is no byte`);
  const [netFn, cmd, ...data] = bytes;
  if (netFn === undefined || cmd === undefined) throw refused('a network function and a command are needed');
  // Six bits; requests have even ones (IPMI v2.0 §5.1).
  if (netFn > 0x3f || netFn % 2 === 1) throw refused('the network function of a request is even, and at most 0x3e');
  return { netFn, cmd, data: Uint8Array.from(data) };
}

function byteOf(word: string): number {
  const base = NUMBERS.find(([form]) => form.test(word))?.[1];
  const value = base === undefined ? Number.NaN : Number.parseInt(word, base);
  return value <= 0xff ? value : Number.NaN;
}

function refused(why: string): BareMetalError {
  return new BareMetalError('InvalidParameterValue', `raw_bytes: ${why}; expected such as "0x06 0x01".`);
}
