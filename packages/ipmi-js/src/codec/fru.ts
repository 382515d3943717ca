import { MalformedError } from './bytes.ts';
import { checksum } from './message.ts';
import { decodeTypedText } from './typed-text.ts';

/** One multi-record of a FRU (Platform Management FRU v1.0 §16). */
export interface FruMultiRecord {
  readonly type: number;
  readonly data: Uint8Array;
}

/** The decoded areas of a FRU (Platform Management FRU Information Storage Definition v1.0 r1.3). */
export interface Fru {
  readonly internalUse?: Uint8Array;
  readonly chassis?: { type: number; partNumber: string; serial: string; extra: readonly string[] };
  readonly board?: {
    /** Undefined when unspecified. */
    manufactured: Date | undefined;
    manufacturer: string;
    product: string;
    serial: string;
    partNumber: string;
    fruFileId: string;
    extra: readonly string[];
  };
  readonly product?: {
    manufacturer: string;
    name: string;
    partNumber: string;
    version: string;
    serial: string;
    assetTag: string;
    fruFileId: string;
    extra: readonly string[];
  };
  readonly multiRecords: readonly FruMultiRecord[];
  /** Areas whose checksum is wrong; their content is given all the same. */
  readonly damaged: readonly string[];
}

const UNIT = 8;
const FORMAT = 1;
const END_OF_FIELDS = 0xc1;
const MULTI_RECORD_HEADER = 5;
const END_OF_LIST = 0x80;
/** Minutes of board dates count from here (FRU v1.0 §11). */
const EPOCH = Date.UTC(1996, 0, 1);
const MINUTE_MS = 60_000;

/** An area with its declared length, checked for being within the data. */
function areaAt(data: Uint8Array, offset: number, name: string): Uint8Array {
  const length = (data[offset + 1] ?? 0) * UNIT;
  if (length === 0 || offset + length > data.length) {
    throw new MalformedError(`FRU ${name} area of ${length} bytes at ${offset} is cut`);
  }
  return data.subarray(offset, offset + length);
}

/** Type/length fields from `at` up to the end mark. */
function readFields(area: Uint8Array, at: number): string[] {
  const fields: string[] = [];
  for (let offset = at; offset < area.length;) {
    const head = area[offset] ?? END_OF_FIELDS;
    if (head === END_OF_FIELDS) return fields;
    const length = head & 0x3f;
    const data = area.subarray(offset + 1, offset + 1 + length);
    if (data.length < length) throw new MalformedError('FRU field is cut');
    fields.push(decodeTypedText(head >> 6, data));
    offset += 1 + length;
  }
  throw new MalformedError('FRU area has no end of fields');
}

function readChassis(area: Uint8Array): NonNullable<Fru['chassis']> {
  const [partNumber = '', serial = '', ...extra] = readFields(area, 3);
  return { type: area[2] ?? 0, partNumber, serial, extra };
}

function readBoard(area: Uint8Array): NonNullable<Fru['board']> {
  const minutes = (area[3] ?? 0) | ((area[4] ?? 0) << 8) | ((area[5] ?? 0) << 16);
  const [manufacturer = '', product = '', serial = '', partNumber = '', fruFileId = '', ...extra] = readFields(area, 6);
  const manufactured = minutes === 0 ? undefined : new Date(EPOCH + minutes * MINUTE_MS);
  return { manufactured, manufacturer, product, serial, partNumber, fruFileId, extra };
}

function readProduct(area: Uint8Array): NonNullable<Fru['product']> {
  const [
    manufacturer = '',
    name = '',
    partNumber = '',
    version = '',
    serial = '',
    assetTag = '',
    fruFileId = '',
    ...extra
  ] = readFields(area, 3);
  return { manufacturer, name, partNumber, version, serial, assetTag, fruFileId, extra };
}

function readMultiRecords(data: Uint8Array, start: number): FruMultiRecord[] {
  const records: FruMultiRecord[] = [];
  for (let offset = start; ;) {
    const [type = 0, list = 0, length = 0] = data.subarray(offset, offset + MULTI_RECORD_HEADER);
    const from = offset + MULTI_RECORD_HEADER;
    if (from + length > data.length) throw new MalformedError('FRU multi-record is cut');
    records.push({ type, data: data.slice(from, from + length) });
    if ((list & END_OF_LIST) !== 0) return records;
    offset = from + length;
  }
}

/**
 * Decodes a FRU image. Wrong area checksums are reported in `damaged`, as many boards have them.
 * @throws MalformedError when the header is wrong or an area is cut
 */
export function decodeFru(data: Uint8Array): Fru {
  if (data.length < UNIT || ((data[0] ?? 0) & 0x0f) !== FORMAT || checksum(data, 0, 7) !== data[7]) {
    throw new MalformedError('not a FRU image: wrong format version or header checksum');
  }
  const damaged: string[] = [];
  const offsetOf = (index: number): number => (data[index] ?? 0) * UNIT;
  const area = <T>(index: number, name: string, read: (bytes: Uint8Array) => T): T | undefined => {
    const offset = offsetOf(index);
    if (offset === 0) return undefined;
    const found = areaAt(data, offset, name);
    if (checksum(found, 0, found.length) !== 0) damaged.push(name);
    return read(found);
  };
  const chassis = area(2, 'chassis', readChassis);
  const board = area(3, 'board', readBoard);
  const product = area(4, 'product', readProduct);
  const multi = offsetOf(5);
  const internal = offsetOf(1);
  return {
    ...(internal === 0 ? {} : { internalUse: data.slice(internal, nextArea(data, internal)) }),
    ...(chassis === undefined ? {} : { chassis }),
    ...(board === undefined ? {} : { board }),
    ...(product === undefined ? {} : { product }),
    multiRecords: multi === 0 ? [] : readMultiRecords(data, multi),
    damaged,
  };
}

/** The internal use area has no length of its own; it ends where the next area begins. */
function nextArea(data: Uint8Array, offset: number): number {
  const starts = [1, 2, 3, 4, 5].map((index) => (data[index] ?? 0) * UNIT).filter((start) => start > offset);
  return Math.min(data.length, ...starts);
}

const ENGLISH = 25;
const LONGEST_FIELD = 0x3f;

function field(value: string): Uint8Array {
  const text = Buffer.from(value, 'latin1').subarray(0, LONGEST_FIELD);
  // A length of one would read as the end mark C1h.
  const data = text.length === 1 ? Buffer.concat([text, Uint8Array.of(0)]) : text;
  return Buffer.concat([Uint8Array.of(data.length === 0 ? 0 : 0xc0 | data.length), data]);
}

function encodeArea(head: readonly number[], fields: readonly string[]): Buffer {
  const body = Buffer.concat([Uint8Array.of(FORMAT, 0, ...head), ...fields.map(field), Uint8Array.of(END_OF_FIELDS)]);
  const area = Buffer.alloc(Math.ceil((body.length + 1) / UNIT) * UNIT);
  area.set(body);
  area[1] = area.length / UNIT;
  area[area.length - 1] = checksum(area, 0, area.length - 1);
  return area;
}

/** What {@link encodeFru} writes; everything may be left out. */
export interface FruContent {
  readonly chassis?: Partial<NonNullable<Fru['chassis']>> | undefined;
  readonly board?: Partial<NonNullable<Fru['board']>> | undefined;
  readonly product?: Partial<NonNullable<Fru['product']>> | undefined;
}

/** A FRU image with chassis, board and product area, text as 8-bit ASCII. */
export function encodeFru({ chassis, board, product }: FruContent): Buffer {
  const areas = [
    chassis &&
      encodeArea([chassis.type ?? 0], [chassis.partNumber ?? '', chassis.serial ?? '', ...(chassis.extra ?? [])]),
    board &&
      encodeArea(
        [ENGLISH, ...minutesSinceEpoch(board.manufactured)],
        [
          board.manufacturer,
          board.product,
          board.serial,
          board.partNumber,
          board.fruFileId,
          ...(board.extra ?? []),
        ].map((text) => text ?? ''),
      ),
    product &&
      encodeArea(
        [ENGLISH],
        [
          product.manufacturer,
          product.name,
          product.partNumber,
          product.version,
          product.serial,
          product.assetTag,
          product.fruFileId,
          ...(product.extra ?? []),
        ].map((text) => text ?? ''),
      ),
  ];
  const head = Buffer.from([FORMAT, 0, 0, 0, 0, 0, 0, 0]);
  let offset = UNIT;
  for (const [index, area] of areas.entries()) {
    if (area === undefined) continue;
    head[2 + index] = offset / UNIT;
    offset += area.length;
  }
  head[7] = checksum(head, 0, 7);
  return Buffer.concat([head, ...areas.filter((area) => area !== undefined)]);
}

function minutesSinceEpoch(date: Date | undefined): number[] {
  const minutes = date === undefined ? 0 : Math.round((date.getTime() - EPOCH) / MINUTE_MS);
  return [minutes & 0xff, (minutes >> 8) & 0xff, (minutes >> 16) & 0xff];
}
