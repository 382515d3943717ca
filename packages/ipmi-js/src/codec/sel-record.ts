import { bytes, decode, encode, flag, layout, u16, u24, u32, u8, uint } from './layout.ts';
import type { Decoded } from './layout.ts';
import { THRESHOLD_EVENTS } from './sensor-names.ts';

const SYSTEM_EVENT = 0x02;
const OEM_TIMESTAMPED = 0xc0;
const OEM_PLAIN = 0xe0;
const RECORD_LENGTH = 16;

const systemEvent = layout()
  .field('recordId', u16)
  .field('type', u8)
  .field('timestamp', u32)
  .field('generatorId', u16)
  .field('eventRevision', u8)
  .field('sensorType', u8)
  .field('sensor', u8)
  .bits({ deassertion: flag(7), eventType: uint(0, 7) })
  .field('data', bytes(3));

const oemTimestamped = layout()
  .field('recordId', u16)
  .field('type', u8)
  .field('timestamp', u32)
  .field('manufacturerId', u24)
  .field('data', bytes(6));

const oemPlain = layout().field('recordId', u16).field('type', u8).field('data', bytes(13));

/** A record of the system event log (IPMI v2.0 §32). */
export type SelRecord =
  | ({ readonly kind: 'event' } & Decoded<typeof systemEvent>)
  | ({ readonly kind: 'oem-timestamped' } & Decoded<typeof oemTimestamped>)
  | ({ readonly kind: 'oem' } & Decoded<typeof oemPlain>);

/** A system event record. */
export type SelEvent = Extract<SelRecord, { kind: 'event' }>;

/** @throws MalformedError when shorter than 16 bytes. */
export function decodeSelRecord(data: Uint8Array): SelRecord {
  const type = data[2] ?? 0;
  if (type >= OEM_PLAIN) return { kind: 'oem', ...decode(oemPlain, data) };
  if (type >= OEM_TIMESTAMPED) return { kind: 'oem-timestamped', ...decode(oemTimestamped, data) };
  return { kind: 'event', ...decode(systemEvent, data) };
}

/** A system event with usual values for what the caller leaves out. */
export function systemEventRecord(event: Partial<SelEvent>): Uint8Array {
  const record = {
    recordId: 0,
    type: SYSTEM_EVENT,
    timestamp: 0,
    generatorId: 0x20,
    eventRevision: 0x04,
    sensorType: 0,
    sensor: 0,
    deassertion: false,
    eventType: 0x01,
    data: new Uint8Array(3),
    ...event,
  };
  return encode(systemEvent, record).subarray(0, RECORD_LENGTH);
}

const THRESHOLD = 0x01;

/** What the event says in words, where the specification gives them; else the event offset. */
export function describeEvent(event: SelEvent): string {
  const offset = (event.data[0] ?? 0) & 0x0f;
  const what = event.eventType === THRESHOLD ? THRESHOLD_EVENTS[offset] : undefined;
  return `${what ?? `state ${offset}`} ${event.deassertion ? 'deasserted' : 'asserted'}`;
}
