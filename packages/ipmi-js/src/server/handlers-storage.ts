import { CC } from '../codec/completion-codes.ts';
import { CONSOLE_ADDRESS } from '../codec/message.ts';
import { addSelEntry } from '../commands/add-sel-entry.ts';
import { clearSel } from '../commands/clear-sel.ts';
import { deleteSelEntry } from '../commands/delete-sel-entry.ts';
import { getFruInventoryAreaInfo } from '../commands/get-fru-inventory-area-info.ts';
import { getSdr } from '../commands/get-sdr.ts';
import { getSdrRepositoryInfo } from '../commands/get-sdr-repository-info.ts';
import { getSelAllocationInfo } from '../commands/get-sel-allocation-info.ts';
import { getSelEntry } from '../commands/get-sel-entry.ts';
import { getSelInfo } from '../commands/get-sel-info.ts';
import { getSelTime } from '../commands/get-sel-time.ts';
import { platformEvent } from '../commands/platform-event.ts';
import { readFruData } from '../commands/read-fru-data.ts';
import { reserveSdrRepository } from '../commands/reserve-sdr-repository.ts';
import { reserveSel } from '../commands/reserve-sel.ts';
import { setSelTime } from '../commands/set-sel-time.ts';
import { writeFruData } from '../commands/write-fru-data.ts';
import { systemEventRecord } from '../codec/sel-record.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';

const VERSION = 0x51;
const RESERVATION = 1;
const ERASE = 0xaa;
const ERASED = 1;
const SEL_RECORD = 16;

function fru({ bmc }: Context, fruId: number): Buffer {
  const image = bmc.frus.get(fruId);
  if (image === undefined) throw new CompletionError(CC.notPresent);
  return image;
}

/** SDR, SEL and FRU commands (IPMI v2.0 §31, §33, §34). */
export const STORAGE_HANDLERS: readonly Handler[] = [
  handle(getSdrRepositoryInfo, (_, { bmc }) => ({
    version: VERSION,
    records: bmc.sdrs.count,
    freeBytes: 0,
    addedAt: 0,
    erasedAt: 0,
    overflow: false,
    updateModes: 0,
    canDelete: false,
    canPartialAdd: false,
    canReserve: true,
    canAllocationInfo: false,
  })),
  handle(reserveSdrRepository, () => ({ reservation: RESERVATION })),
  handle(getSdr, ({ recordId, reservation, offset, count }, { bmc }) => {
    if (offset !== 0 && reservation !== RESERVATION) throw new CompletionError(CC.reservation);
    return bmc.sdrs.read(recordId, offset, count);
  }),
  handle(getSelInfo, (_, { bmc: { sel } }) => ({
    version: VERSION,
    entries: sel.count,
    freeBytes: sel.freeBytes,
    addedAt: sel.addedAt,
    erasedAt: sel.erasedAt,
    overflow: sel.overflow,
    canDelete: true,
    canPartialAdd: false,
    canReserve: true,
    canAllocationInfo: true,
  })),
  handle(getSelAllocationInfo, (_, { bmc: { sel } }) => ({
    units: sel.capacity,
    unitSize: SEL_RECORD,
    freeUnits: sel.capacity - sel.count,
    largestFree: sel.capacity - sel.count,
    largestRecord: 1,
  })),
  handle(reserveSel, (_, { bmc }) => ({ reservation: bmc.sel.reserve() })),
  handle(getSelEntry, ({ recordId, offset, count }, { bmc }) => {
    const { nextId, record } = bmc.sel.read(recordId);
    return { nextId, record: record.subarray(offset, offset + count) };
  }),
  handle(addSelEntry, ({ record }, { bmc }) => ({ recordId: bmc.sel.add(record) })),
  handle(deleteSelEntry, ({ reservation, recordId }, { bmc }) => ({
    recordId: bmc.sel.delete(reservation, recordId),
  })),
  handle(clearSel, ({ reservation, action }, { bmc }) => {
    if (action === ERASE) bmc.sel.clear(reservation);
    return { progress: ERASED };
  }),
  handle(getSelTime, (_, { bmc }) => ({ time: bmc.sel.time })),
  handle(setSelTime, ({ time }, { bmc }) => {
    bmc.sel.time = time;
    return {};
  }),
  handle(platformEvent, (event, { bmc }) => {
    // Over a LAN the console itself raised it.
    bmc.sel.add(systemEventRecord({ ...event, generatorId: CONSOLE_ADDRESS }));
    return {};
  }),
  handle(getFruInventoryAreaInfo, ({ fruId }, context) => ({ size: fru(context, fruId).length, byWords: false })),
  handle(readFruData, ({ fruId, offset, count }, context) => {
    const image = fru(context, fruId);
    if (offset > image.length) throw new CompletionError(CC.outOfRange);
    const data = image.subarray(offset, offset + count);
    return { count: data.length, data };
  }),
  handle(writeFruData, ({ fruId, offset, data }, context) => {
    const image = fru(context, fruId);
    if (offset + data.length > image.length) throw new CompletionError(CC.outOfRange);
    image.set(data, offset);
    return { written: data.length };
  }),
];
