import { decodeFactors, convertReading } from '../codec/sensor-conversion.ts';
import type { getDcmiSensorInfo } from '../commands/get-dcmi-sensor-info.ts';
import type { getDcmiTemperatures } from '../commands/get-dcmi-temperatures.ts';
import type { VirtualSensor } from './options.ts';
import { factorsOf, rawOf } from './sdr-store.ts';
import type { SdrStore } from './sdr-store.ts';

/** Entities as DCMI numbers them, and as IPMI does (DCMI v1.5 §6.5.2): inlet, processor, baseboard. */
const IPMI_ENTITIES: Readonly<Record<number, number>> = { 0x40: 0x37, 0x41: 0x03, 0x42: 0x07 };
/** What fits into one answer. */
const MOST_AT_ONCE = 8;
const SIGN = 0x80;
const HOTTEST = 0x7f;

type Asked = ReturnType<typeof getDcmiSensorInfo.request.read>;

function found({ sensorType, entityId, instance, start }: Asked, sdrs: SdrStore) {
  const entities = [...new Set([entityId, IPMI_ENTITIES[entityId] ?? entityId])];
  const all = entities.flatMap((entity) => sdrs.find(sensorType, entity, instance));
  // `start` counts from 1; 0 means the first too.
  const from = instance === 0 ? Math.max(0, start - 1) : 0;
  return { total: all.length, some: all.slice(from, from + MOST_AT_ONCE) };
}

/** Record ids of the sensors at an entity, two bytes each (DCMI v1.5 §6.5.2). */
export function recordIds(asked: Asked, sdrs: SdrStore): ReturnType<typeof getDcmiSensorInfo.response.read> {
  const { total, some } = found(asked, sdrs);
  const ids = some.flatMap(({ recordId }) => [recordId & 0xff, recordId >> 8]);
  return { total, count: some.length, recordIds: Uint8Array.from(ids) };
}

/** Readings of the sensors at an entity that have one: sign and whole degrees, instance (DCMI v1.5 §6.7.3). */
export function temperatures(asked: Asked, sdrs: SdrStore): ReturnType<typeof getDcmiTemperatures.response.read> {
  const { total, some } = found(asked, sdrs);
  const readings = some.flatMap(({ sensor }) => {
    const raw = rawOf(sensor);
    return raw === undefined ? [] : [[signedDegrees(sensor, raw), sensor.entityInstance ?? 1]];
  });
  return { total, count: readings.length, readings: Uint8Array.from(readings.flat()) };
}

function signedDegrees(sensor: VirtualSensor, raw: number): number {
  const factors = decodeFactors(factorsOf(sensor));
  const degrees = convertReading(raw, { factors, linearization: 0, format: 'unsigned' });
  const magnitude = Math.min(HOTTEST, Math.round(Math.abs(degrees)));
  return degrees < 0 ? SIGN | magnitude : magnitude;
}
