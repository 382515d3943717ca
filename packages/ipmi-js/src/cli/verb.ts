import type { Bmc } from '../client/bmc.ts';

/** What a verb answers: for people as lines, for programs as a value. */
export interface CliAnswer {
  readonly lines: readonly string[];
  readonly value: unknown;
}

/** What a verb works with. */
export interface Desk {
  readonly bmc: Bmc;
  /** A secret from the environment, or typed without being shown. @throws UsageError when there is neither */
  readonly secret: (variable: string, prompt: string) => Promise<string>;
}

/** One verb of the command line. */
export interface Verb {
  /** What follows its words: `ID`, `[CHANNEL]` may be left out, `BYTE…` any number. */
  readonly takes: string;
  run(desk: Desk, given: readonly string[]): Promise<CliAnswer>;
}

/** Verbs by their words, as ipmitool spells them. */
export type Verbs = Readonly<Record<string, Verb>>;

/** A call that the command line cannot understand. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Declares a verb. */
export const verb = (takes: string, run: Verb['run']): Verb => ({ takes, run });

/** A value as JSON shows it best: bytes as hexadecimal text. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

/** One `name : value` line for each field. */
export const table = (value: object): string[] =>
  Object.entries(value).map(([name, field]) => {
    const shown = plain(field);
    return `${name.padEnd(22)}: ${typeof shown === 'string' ? shown : JSON.stringify(shown ?? null)}`;
  });

/** An answer that shows all fields of a value. */
export const fields = (value: object): CliAnswer => ({ lines: table(value), value });

/** A whole number within bounds, decimal or 0x… @throws UsageError */
export function numberOf(word: string | undefined, what: string, most = 0xff): number {
  const value = Number(word);
  if (word === undefined || word === '' || !Number.isInteger(value) || value < 0 || value > most) {
    throw new UsageError(`${what}: "${word ?? ''}" is no number from 0 to ${most}`);
  }
  return value;
}

/** @throws UsageError that names what there is */
export function oneOf<T>(choices: Readonly<Record<string, T>>, word: string | undefined, what: string): T {
  const found = word !== undefined && Object.hasOwn(choices, word) ? choices[word] : undefined;
  if (found === undefined) throw new UsageError(`${what}: ${Object.keys(choices).join(', ')}`);
  return found;
}
