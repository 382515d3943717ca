import { ByteReader, MalformedError } from './bytes.ts';
import { bytes, choice, decode, encode, flag, layout, u16, u8, uint } from './layout.ts';
import type { Decoded, Layout } from './layout.ts';
import { sdrName } from './typed-text.ts';

/** Record types (IPMI v2.0 §43). */
export const SDR_TYPE = {
  full: 0x01,
  compact: 0x02,
  eventOnly: 0x03,
  fruLocator: 0x11,
  controllerLocator: 0x12,
} as const;

/** Bytes of the record header. */
export const SDR_HEADER = 5;
const SDR_VERSION = 0x51;

const header = layout().field('recordId', u16).field('version', u8).field('type', u8).field('length', u8);

/** Bytes 6–24, common to full and compact records. */
const sensorHead = layout()
  .field('ownerId', u8)
  .bits({ channel: uint(4, 4), ownerLun: uint(0, 2) })
  .field('number', u8)
  .field('entityId', u8)
  .field('entityInstance', u8)
  .field('initialization', u8)
  .field('capabilities', u8)
  .field('sensorType', u8)
  .field('eventType', u8)
  .field('assertionMask', u16)
  .field('deassertionMask', u16)
  .field('readingMask', u16)
  .bits({
    format: choice(6, 2, ['unsigned', 'ones', 'twos', 'none']),
    rateUnit: uint(3, 3),
    modifier: uint(1, 2),
    percentage: flag(0),
  })
  .field('baseUnit', u8)
  .field('modifierUnit', u8);

/** Full sensor record (IPMI v2.0 §43.1). */
export const fullSensorLayout = sensorHead
  .bits({ linearization: uint(0, 7) })
  .field('factors', bytes(6))
  .bits({ normalMinGiven: flag(2), normalMaxGiven: flag(1), nominalGiven: flag(0) })
  .field('nominal', u8)
  .field('normalMax', u8)
  .field('normalMin', u8)
  .field('sensorMax', u8)
  .field('sensorMin', u8)
  .field('unr', u8)
  .field('uc', u8)
  .field('unc', u8)
  .field('lnr', u8)
  .field('lc', u8)
  .field('lnc', u8)
  .field('positiveHysteresis', u8)
  .field('negativeHysteresis', u8)
  .reserved(2)
  .field('oem', u8)
  .field('name', sdrName);

/** Compact sensor record (IPMI v2.0 §43.2). */
export const compactSensorLayout = sensorHead
  .bits({ idModifier: uint(4, 2), shareCount: uint(0, 4) })
  .bits({ instanceSharing: flag(7), idOffset: uint(0, 7) })
  .field('positiveHysteresis', u8)
  .field('negativeHysteresis', u8)
  .reserved(3)
  .field('oem', u8)
  .field('name', sdrName);

const eventOnlyLayout = layout()
  .field('ownerId', u8)
  .field('ownerLun', u8)
  .field('number', u8)
  .field('entityId', u8)
  .field('entityInstance', u8)
  .field('sensorType', u8)
  .field('eventType', u8)
  .field('sharing', u16)
  .reserved(1)
  .field('oem', u8)
  .field('name', sdrName);

/** FRU device locator (IPMI v2.0 §43.8). */
export const fruLocatorLayout = layout()
  .field('accessAddress', u8)
  .field('fruId', u8)
  .bits({ logical: flag(7), lun: uint(3, 2), bus: uint(0, 3) })
  .field('channel', u8)
  .reserved(1)
  .field('deviceType', u8)
  .field('deviceTypeModifier', u8)
  .field('entityId', u8)
  .field('entityInstance', u8)
  .field('oem', u8)
  .field('name', sdrName);

/** Management controller locator (IPMI v2.0 §43.9). */
export const controllerLocatorLayout = layout()
  .field('slaveAddress', u8)
  .field('channel', u8)
  .field('notification', u8)
  .field('abilities', u8)
  .reserved(3)
  .field('entityId', u8)
  .field('entityInstance', u8)
  .field('oem', u8)
  .field('name', sdrName);

/** A sensor data record; kinds that this library does not read keep their bytes. */
export type Sdr = { readonly recordId: number } & (
  | ({ readonly kind: 'full' } & Decoded<typeof fullSensorLayout>)
  | ({ readonly kind: 'compact' } & Decoded<typeof compactSensorLayout>)
  | ({ readonly kind: 'event-only' } & Decoded<typeof eventOnlyLayout>)
  | ({ readonly kind: 'fru-locator' } & Decoded<typeof fruLocatorLayout>)
  | ({ readonly kind: 'controller-locator' } & Decoded<typeof controllerLocatorLayout>)
  | { readonly kind: 'other'; readonly type: number; readonly body: Uint8Array }
);

/** A full sensor record. */
export type FullSensor = Extract<Sdr, { kind: 'full' }>;

type Read = (recordId: number, body: Uint8Array) => Sdr;

const READERS: Readonly<Record<number, Read>> = {
  [SDR_TYPE.full]: (recordId, body) => ({ recordId, kind: 'full', ...decode(fullSensorLayout, body) }),
  [SDR_TYPE.compact]: (recordId, body) => ({ recordId, kind: 'compact', ...decode(compactSensorLayout, body) }),
  [SDR_TYPE.eventOnly]: (recordId, body) => ({ recordId, kind: 'event-only', ...decode(eventOnlyLayout, body) }),
  [SDR_TYPE.fruLocator]: (recordId, body) => ({ recordId, kind: 'fru-locator', ...decode(fruLocatorLayout, body) }),
  [SDR_TYPE.controllerLocator]: (recordId, body) => ({
    recordId,
    kind: 'controller-locator',
    ...decode(controllerLocatorLayout, body),
  }),
};

/** Type and body length of a record from its five header bytes. @throws MalformedError when cut. */
export function decodeSdrHeader(data: Uint8Array): Decoded<typeof header> {
  return decode(header, data);
}

/** @throws MalformedError when the record is cut. */
export function decodeSdr(data: Uint8Array): Sdr {
  const reader = new ByteReader(data);
  const { recordId, type, length } = header.read(reader);
  if (reader.remaining < length) throw new MalformedError(`SDR ${recordId} is cut`);
  const body = reader.bytes(length);
  return READERS[type]?.(recordId, body) ?? { recordId, kind: 'other', type, body };
}

/** A record with its header. */
export function encodeSdr<T extends object>(recordId: number, type: number, body: Layout<T>, value: T): Uint8Array {
  const data = encode(body, value);
  return Buffer.concat([encode(header, { recordId, version: SDR_VERSION, type, length: data.length }), data]);
}
