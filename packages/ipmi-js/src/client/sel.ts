import { CC } from '../codec/completion-codes.ts';
import { decodeSelRecord, systemEventRecord } from '../codec/sel-record.ts';
import type { SelEvent, SelRecord } from '../codec/sel-record.ts';
import { IpmiError } from '../errors.ts';
import { addSelEntry } from '../commands/add-sel-entry.ts';
import { clearSel } from '../commands/clear-sel.ts';
import { deleteSelEntry } from '../commands/delete-sel-entry.ts';
import { getSelEntry } from '../commands/get-sel-entry.ts';
import { getSelInfo } from '../commands/get-sel-info.ts';
import { getSelTime } from '../commands/get-sel-time.ts';
import { reserveSel } from '../commands/reserve-sel.ts';
import { setSelTime } from '../commands/set-sel-time.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CallOptions } from './options.ts';

const FIRST = 0x0000;
const END = 0xffff;
const WHOLE = 0xff;
const INITIATE = 0xaa;
const STATUS = 0x00;
const DONE = 1;
const ERASE_POLLS = 100;
const ERASE_POLL_MS = 200;
const RESERVATION_TRIES = 5;

/** The system event log of one BMC (IPMI v2.0 §31). */
export class SelLog {
  readonly #runner: CommandRunner;

  constructor(runner: CommandRunner) {
    this.#runner = runner;
  }

  info(options?: CallOptions): Promise<ReturnType<typeof getSelInfo.response.read>> {
    return this.#runner.command(getSelInfo, {}, options);
  }

  /** All records, oldest first. The deadline holds for each command, not for the whole log. */
  async list(options?: CallOptions): Promise<SelRecord[]> {
    const records: SelRecord[] = [];
    for await (const record of this.entries(options)) records.push(record);
    return records;
  }

  /** The records one after the other, for logs that are long. */
  async *entries(options?: CallOptions): AsyncGenerator<SelRecord> {
    const seen = new Set<number>();
    for (let recordId = FIRST; recordId !== END && !seen.has(recordId);) {
      seen.add(recordId);
      const answer = await this.#entry(recordId, options);
      if (answer === undefined) return;
      yield decodeSelRecord(answer.record);
      recordId = answer.nextId;
    }
  }

  /** Adds a record; the BMC gives it an id, which is returned, and, for system events, the time. */
  async add(event: Partial<SelEvent>, options?: CallOptions): Promise<number> {
    const { recordId } = await this.#runner.command(addSelEntry, { record: systemEventRecord(event) }, options);
    return recordId;
  }

  async delete(recordId: number, options?: CallOptions): Promise<void> {
    await this.#reserved(options, (reservation) =>
      this.#runner.command(deleteSelEntry, { reservation, recordId }, options),
    );
  }

  /** Clears the log and waits until the BMC has erased it. @throws IpmiError `IpmiTimeout` after 20 s. */
  async clear(options?: CallOptions): Promise<void> {
    await this.#reserved(options, async (reservation) => {
      let { progress } = await this.#runner.command(clearSel, { reservation, action: INITIATE }, options);
      for (let poll = 0; progress !== DONE; poll++) {
        if (poll >= ERASE_POLLS) throw new IpmiError('IpmiTimeout', 'Clear SEL: the BMC does not finish erasing');
        await new Promise((resolve) => setTimeout(resolve, ERASE_POLL_MS));
        ({ progress } = await this.#runner.command(clearSel, { reservation, action: STATUS }, options));
      }
    });
  }

  async getTime(options?: CallOptions): Promise<Date> {
    const { time } = await this.#runner.command(getSelTime, {}, options);
    return new Date(time * 1000);
  }

  async setTime(time: Date, options?: CallOptions): Promise<void> {
    await this.#runner.command(setSelTime, { time: Math.round(time.getTime() / 1000) }, options);
  }

  /** Undefined for an empty log, which BMCs report as CBh. */
  async #entry(
    recordId: number,
    options?: CallOptions,
  ): Promise<ReturnType<typeof getSelEntry.response.read> | undefined> {
    try {
      return await this.#runner.command(getSelEntry, { reservation: 0, recordId, offset: 0, count: WHOLE }, options);
    } catch (error) {
      if (recordId === FIRST && error instanceof IpmiError && error.completionCode === CC.notPresent) return undefined;
      throw error;
    }
  }

  /** Runs `work` with a reservation, again with a new one when somebody's event cancelled it. */
  async #reserved(options: CallOptions | undefined, work: (reservation: number) => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { reservation } = await this.#runner.command(reserveSel, {}, options);
      try {
        await work(reservation);
        return;
      } catch (error) {
        const cancelled = error instanceof IpmiError && error.completionCode === CC.reservation;
        if (!cancelled || attempt >= RESERVATION_TRIES) throw error;
      }
    }
  }
}
