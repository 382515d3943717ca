import { CC } from '../codec/completion-codes.ts';
import { decodeFru } from '../codec/fru.ts';
import type { Fru } from '../codec/fru.ts';
import { MalformedError } from '../codec/bytes.ts';
import { IpmiError } from '../errors.ts';
import { getFruInventoryAreaInfo } from '../commands/get-fru-inventory-area-info.ts';
import { readFruData } from '../commands/read-fru-data.ts';
import { writeFruData } from '../commands/write-fru-data.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CallOptions } from './options.ts';

const FIRST_CHUNK = 64;
const SMALLEST_CHUNK = 8;
const WRITE_CHUNK = 16;
const TOO_MUCH: ReadonlySet<number> = new Set([CC.cannotReturnBytes, 0xc8, CC.length, CC.unspecified]);

/** FRU inventory of one BMC (IPMI v2.0 §34). The deadline holds for each command. */
export class Frus {
  readonly #runner: CommandRunner;
  #chunk = FIRST_CHUNK;

  constructor(runner: CommandRunner) {
    this.#runner = runner;
  }

  /** Reads and decodes a FRU. @throws IpmiError `IpmiMalformedReply` when it is not a FRU image. */
  async read(fruId = 0, options?: CallOptions): Promise<Fru> {
    const image = await this.readRaw(fruId, options);
    try {
      return decodeFru(image);
    } catch (cause) {
      if (!(cause instanceof MalformedError)) throw cause;
      throw new IpmiError('IpmiMalformedReply', `FRU ${fruId}: ${cause.message}`, { cause, retryable: false });
    }
  }

  /** The whole inventory area in bytes. */
  async readRaw(fruId = 0, options?: CallOptions): Promise<Uint8Array> {
    const { size, byWords } = await this.#runner.command(getFruInventoryAreaInfo, { fruId }, options);
    const unit = byWords ? 2 : 1;
    const pieces: Uint8Array[] = [];
    for (let offset = 0; offset < size;) {
      const piece = await this.#piece({ fruId, offset: Math.floor(offset / unit), left: size - offset, unit }, options);
      if (piece.length === 0) break;
      pieces.push(piece);
      offset += piece.length;
    }
    return Buffer.concat(pieces);
  }

  /** Writes bytes from `offset` on and reads them back. @throws IpmiError `IpmiCompletion` when they differ. */
  async writeRaw(fruId: number, offset: number, data: Uint8Array, options?: CallOptions): Promise<void> {
    const { byWords } = await this.#runner.command(getFruInventoryAreaInfo, { fruId }, options);
    const unit = byWords ? 2 : 1;
    for (let done = 0; done < data.length;) {
      const chunk = data.subarray(done, done + WRITE_CHUNK);
      const request = { fruId, offset: Math.floor((offset + done) / unit), data: chunk };
      const { written } = await this.#runner.command(writeFruData, request, options);
      if (written === 0)
        throw new IpmiError('IpmiCompletion', `Write FRU Data: the BMC wrote nothing at ${offset + done}`);
      done += written * unit;
    }
    const image = await this.readRaw(fruId, options);
    if (!Buffer.from(image.subarray(offset, offset + data.length)).equals(data)) {
      throw new IpmiError('IpmiCompletion', `Write FRU Data: FRU ${fruId} does not hold what was written`);
    }
  }

  async #piece(
    at: { fruId: number; offset: number; left: number; unit: number },
    options?: CallOptions,
  ): Promise<Uint8Array> {
    for (;;) {
      const count = Math.ceil(Math.min(this.#chunk, at.left) / at.unit);
      try {
        const { data } = await this.#runner.command(
          readFruData,
          { fruId: at.fruId, offset: at.offset, count },
          options,
        );
        return data;
      } catch (error) {
        const tooMuch = error instanceof IpmiError && TOO_MUCH.has(error.completionCode ?? 0);
        if (!tooMuch || this.#chunk <= SMALLEST_CHUNK) throw error;
        this.#chunk >>= 1;
      }
    }
  }
}
