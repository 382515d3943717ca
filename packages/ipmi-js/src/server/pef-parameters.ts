import { CC } from '../codec/completion-codes.ts';
import { PEF_PARAMETER } from '../commands/pef-parameters.ts';
import { CompletionError } from './completion-error.ts';
import { ParameterStore } from './parameter-store.ts';

/** Event filters, alert policies and alert strings that there is room for. */
export const PEF_ROWS = 4;
/** Alert strings are kept in blocks of so many bytes. */
const STRING_BLOCK = 16;
const STRING_BLOCKS = 4;
/** A system GUID that is not used: alerts carry the one of Get System GUID. */
const NO_GUID = new Uint8Array(17);

const WHOLE = [
  [PEF_PARAMETER.setInProgress, 1],
  [PEF_PARAMETER.control, 1],
  [PEF_PARAMETER.actionControl, 1],
  [PEF_PARAMETER.startupDelay, 1],
  [PEF_PARAMETER.alertStartupDelay, 1],
] as const;

const COUNTS = [PEF_PARAMETER.filterCount, PEF_PARAMETER.policyCount, PEF_PARAMETER.stringCount];

/** Bytes behind the set selector of the parameters that are tables. */
const ROW_BYTES: Readonly<Record<number, number>> = {
  [PEF_PARAMETER.filters]: 20,
  [PEF_PARAMETER.policies]: 3,
  [PEF_PARAMETER.stringKeys]: 2,
};

/** PEF configuration parameters of a virtual BMC: held, not acted on (IPMI v2.0 table 30-6). */
export class PefParameters {
  readonly #parameters = new ParameterStore(
    [
      ...WHOLE.map(([parameter, length]) => [parameter, new Uint8Array(length)] as const),
      ...COUNTS.map((parameter) => [parameter, Uint8Array.of(PEF_ROWS)] as const),
      [PEF_PARAMETER.systemGuid, NO_GUID],
    ],
    COUNTS,
  );
  /** Rows by `parameter/set`, without their set selector. */
  readonly #rows = new Map<string, Buffer>();
  /** Blocks of alert strings by `set/block`. */
  readonly #strings = new Map<string, Buffer>();

  /** @throws CompletionError 80h for parameters that there are not, C9h for rows and blocks beyond the last */
  get(parameter: number, set: number, block: number): Uint8Array {
    if (parameter === PEF_PARAMETER.strings) return this.#string(set, block);
    if (parameter === PEF_PARAMETER.filterConfigurations) {
      return this.#row(PEF_PARAMETER.filters, set).subarray(0, 2);
    }
    return parameter in ROW_BYTES ? this.#row(parameter, set) : this.#parameters.get(parameter);
  }

  /** @throws CompletionError as `get` does, and 82h for what nobody may write, C7h for rows of a wrong length */
  set(parameter: number, data: Uint8Array): void {
    const [set = 0, second = 0] = data;
    if (parameter === PEF_PARAMETER.strings) this.#setString(set, second, data.subarray(2));
    else if (parameter === PEF_PARAMETER.filterConfigurations) {
      const row = this.#row(PEF_PARAMETER.filters, set);
      row[1] = second;
      this.#setRow(PEF_PARAMETER.filters, row);
    } else if (parameter in ROW_BYTES) this.#setRow(parameter, data);
    else this.#parameters.set(parameter, data);
  }

  /** The set selector and the row. */
  #row(parameter: number, set: number): Buffer {
    inRange(set, 1, PEF_ROWS);
    const row = this.#rows.get(`${parameter}/${set}`) ?? Buffer.alloc(ROW_BYTES[parameter] ?? 0);
    return Buffer.concat([Uint8Array.of(set), row]);
  }

  #setRow(parameter: number, [set = 0, ...row]: Uint8Array): void {
    inRange(set, 1, PEF_ROWS);
    if (row.length !== ROW_BYTES[parameter]) throw new CompletionError(CC.length);
    this.#rows.set(`${parameter}/${set}`, Buffer.from(row));
  }

  /** String 0 is the volatile one. */
  #string(set: number, block: number): Uint8Array {
    inRange(set, 0, PEF_ROWS);
    inRange(block, 1, STRING_BLOCKS);
    return Buffer.concat([
      Uint8Array.of(set, block),
      this.#strings.get(`${set}/${block}`) ?? Buffer.alloc(STRING_BLOCK),
    ]);
  }

  #setString(set: number, block: number, text: Uint8Array): void {
    inRange(set, 0, PEF_ROWS);
    inRange(block, 1, STRING_BLOCKS);
    if (text.length > STRING_BLOCK) throw new CompletionError(CC.length);
    this.#strings.set(`${set}/${block}`, Buffer.concat([text], STRING_BLOCK));
  }
}

function inRange(value: number, least: number, most: number): void {
  if (value < least || value > most) throw new CompletionError(CC.outOfRange);
}
