import { CC } from '../codec/completion-codes.ts';
import { systemEventRecord } from '../codec/sel-record.ts';
import { CompletionError } from './completion-error.ts';
import type { VirtualSelEvent } from './options.ts';
import { SettableClock } from './settable-clock.ts';

const CAPACITY = 1024;
const RECORD_LENGTH = 16;
const SYSTEM_EVENT = 0x02;
const OEM_PLAIN = 0xe0;
const LAST_ID = 0xfffe;
/** Minutes from UTC; this value says that nobody knows (IPMI v2.0 §31.11a). */
const UNSPECIFIED_OFFSET = 0x07ff;
const MOST_MINUTES = 24 * 60;
const NO_RECORD = 0xffff;

/** The system event log of a virtual BMC; when it is full the log says so and takes no more. */
export class SelStore {
  #records = new Map<number, Buffer>();
  #nextId = 1;
  #reservation = 0;
  #utcOffset = UNSPECIFIED_OFFSET;
  readonly clock = new SettableClock();
  addedAt = 0;
  /** When the last record was added, by a clock that nobody sets; milliseconds. */
  lastAddedAt = 0;
  erasedAt = 0;
  overflow = false;

  constructor(events: readonly VirtualSelEvent[]) {
    for (const event of events) {
      const { data, timestamp = this.clock.time, generatorId = 0x20, asserted = true, sensorNumber, ...rest } = event;
      this.add(
        systemEventRecord({
          ...rest,
          generatorId,
          timestamp,
          sensor: sensorNumber,
          deassertion: !asserted,
          data: Uint8Array.from(data),
        }),
        timestamp,
      );
    }
  }

  get count(): number {
    return this.#records.size;
  }

  get capacity(): number {
    return CAPACITY;
  }

  get freeBytes(): number {
    return (CAPACITY - this.count) * RECORD_LENGTH;
  }

  /** Minutes from UTC, or 07FFh. */
  get utcOffset(): number {
    return this.#utcOffset;
  }

  /** @throws CompletionError C9h beyond a day */
  set utcOffset(minutes: number) {
    if (minutes !== UNSPECIFIED_OFFSET && Math.abs(minutes) > MOST_MINUTES) throw new CompletionError(CC.outOfRange);
    this.#utcOffset = minutes;
  }

  /** Id of the last record; FFFFh when there is none. */
  get lastId(): number {
    return [...this.#records.keys()].at(-1) ?? NO_RECORD;
  }

  /** Adds a record under an id and, unless it is an OEM record without one, a time of the BMC's. */
  add(record: Uint8Array, timestamp = this.clock.time): number {
    if (this.count >= CAPACITY) {
      this.overflow = true;
      throw new CompletionError(CC.outOfSpace);
    }
    const recordId = this.#nextId;
    this.#nextId = recordId >= LAST_ID ? 1 : recordId + 1;
    const bytes = Buffer.from(record.subarray(0, RECORD_LENGTH));
    bytes.writeUInt16LE(recordId, 0);
    if ((bytes[2] ?? SYSTEM_EVENT) < OEM_PLAIN) bytes.writeUInt32LE(timestamp >>> 0, 3);
    this.#records.set(recordId, bytes);
    this.addedAt = this.clock.time;
    this.lastAddedAt = performance.now();
    return recordId;
  }

  /** A record and the id of the next; id 0 is the first, FFFFh the last. */
  read(recordId: number): { nextId: number; record: Uint8Array } {
    const ids = [...this.#records.keys()];
    const id = this.#resolve(recordId, ids);
    const record = this.#records.get(id);
    if (record === undefined) throw new CompletionError(CC.notPresent);
    return { nextId: ids[ids.indexOf(id) + 1] ?? 0xffff, record };
  }

  reserve(): number {
    this.#reservation = (this.#reservation % 0xffff) + 1;
    return this.#reservation;
  }

  delete(reservation: number, recordId: number): number {
    this.#check(reservation);
    const id = this.#resolve(recordId, [...this.#records.keys()]);
    if (!this.#records.delete(id)) throw new CompletionError(CC.notPresent);
    this.erasedAt = this.clock.time;
    return id;
  }

  clear(reservation: number): void {
    this.#check(reservation);
    this.#records = new Map();
    this.overflow = false;
    this.erasedAt = this.clock.time;
  }

  #check(reservation: number): void {
    if (reservation !== this.#reservation) throw new CompletionError(CC.reservation);
  }

  #resolve(recordId: number, ids: readonly number[]): number {
    if (recordId === 0) return ids[0] ?? 0;
    return recordId === 0xffff ? (ids.at(-1) ?? 0) : recordId;
  }
}
