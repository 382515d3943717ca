import { CC } from '../codec/completion-codes.ts';
import { SDR_TYPE, compactSensorLayout, encodeSdr, fullSensorLayout } from '../codec/sdr.ts';
import { encodeFactors } from '../codec/sensor-conversion.ts';
import { CompletionError } from './completion-error.ts';
import type { VirtualSensor } from './options.ts';
import { SettableClock } from './settable-clock.ts';

const BMC_OWNER = 0x20;
const THRESHOLD = 0x01;
const SENSOR_SPECIFIC = 0x6f;
const SYSTEM_BOARD = 7;
/** Automatic re-arm, thresholds readable and settable. */
const ANALOG_CAPABILITIES = 0b0100_1000;
const DISCRETE_CAPABILITIES = 0b0100_0000;
const SCANNING_AND_EVENTS = 0x7f;

/** Threshold names by bit of masks and comparison status (IPMI v2.0 table 35-10). */
export const THRESHOLD_BITS = ['lnc', 'lc', 'lnr', 'unc', 'uc', 'unr'] as const;

function head(sensor: VirtualSensor, analog: boolean): Omit<Parameters<typeof compactSensorLayout.write>[1], 'name'> {
  const mask = THRESHOLD_BITS.reduce(
    (bits, name, bit) => bits | (sensor.thresholds?.[name] === undefined ? 0 : 1 << bit),
    0,
  );
  return {
    ownerId: BMC_OWNER,
    channel: 0,
    ownerLun: 0,
    number: sensor.number,
    entityId: sensor.entityId ?? SYSTEM_BOARD,
    entityInstance: sensor.entityInstance ?? 1,
    initialization: SCANNING_AND_EVENTS,
    capabilities: analog ? ANALOG_CAPABILITIES : DISCRETE_CAPABILITIES,
    sensorType: sensor.type,
    eventType: analog ? THRESHOLD : SENSOR_SPECIFIC,
    assertionMask: analog ? 0x0fff : 0x7fff,
    deassertionMask: analog ? 0x0fff : 0x7fff,
    readingMask: analog ? mask | (mask << 8) : 0x7fff,
    format: analog ? 'unsigned' : 'none',
    rateUnit: 0,
    modifier: 0,
    percentage: false,
    baseUnit: sensor.unit ?? 0,
    modifierUnit: 0,
    idModifier: 0,
    shareCount: 1,
    instanceSharing: false,
    idOffset: 0,
    positiveHysteresis: 0,
    negativeHysteresis: 0,
    oem: 0,
  };
}

function record(recordId: number, sensor: VirtualSensor): Uint8Array {
  const analog = sensor.states === undefined;
  const common = { ...head(sensor, analog), name: sensor.name };
  if (!analog) return encodeSdr(recordId, SDR_TYPE.compact, compactSensorLayout, common);
  const { lnc = 0, lc = 0, lnr = 0, unc = 0, uc = 0, unr = 0 } = sensor.thresholds ?? {};
  return encodeSdr(recordId, SDR_TYPE.full, fullSensorLayout, {
    ...common,
    linearization: 0,
    factors: factorsOf(sensor),
    normalMinGiven: false,
    normalMaxGiven: false,
    nominalGiven: false,
    nominal: 0,
    normalMax: 0,
    normalMin: 0,
    sensorMax: 0xff,
    sensorMin: 0,
    lnc,
    lc,
    lnr,
    unc,
    uc,
    unr,
  });
}

/** The raw reading now; undefined when there is none. */
export const rawOf = ({ raw }: VirtualSensor): number | undefined => (typeof raw === 'function' ? raw() : raw);

/** The conversion factors of a threshold sensor in bytes. */
export function factorsOf({ m = 1, b = 0, bExp = 0, rExp = 0 }: VirtualSensor): Uint8Array {
  return encodeFactors({ m, b, bExp, rExp, tolerance: 0, accuracy: 0, accuracyExp: 0 });
}

/** What consoles may set about a sensor beside its thresholds (IPMI v2.0 §35.6, §35.10). */
export interface SensorSettings {
  positive: number;
  negative: number;
  eventsEnabled: boolean;
  scanningEnabled: boolean;
  /** Bits of assertion and of deassertion events that are enabled. */
  assertions: number;
  deassertions: number;
}

const ALL_EVENTS = 0x7fff;

/** The SDR repository and sensors of a virtual BMC. */
export class SdrStore {
  readonly clock = new SettableClock();
  readonly #records: Uint8Array[];
  readonly #sensors: Map<number, VirtualSensor>;
  readonly #settings = new Map<number, SensorSettings>();

  constructor(sensors: readonly VirtualSensor[]) {
    this.#records = sensors.map((sensor, index) => record(index + 1, sensor));
    this.#sensors = new Map(sensors.map((sensor) => [sensor.number, sensor]));
  }

  get count(): number {
    return this.#records.length;
  }

  /** Part of a record and the id of the next; id 0 is the first, FFFFh the last. */
  read(recordId: number, offset: number, count: number): { nextId: number; data: Uint8Array } {
    const index = indexOf(recordId, this.#records.length);
    const whole = this.#records[index];
    if (whole === undefined) throw new CompletionError(CC.notPresent);
    if (offset > whole.length) throw new CompletionError(CC.outOfRange);
    const end = count === 0xff ? whole.length : offset + count;
    return {
      nextId: index + 1 < this.#records.length ? index + 2 : 0xffff,
      data: whole.subarray(offset, end),
    };
  }

  /** @throws CompletionError CBh for numbers that do not exist. */
  sensor(number: number): VirtualSensor {
    const found = this.#sensors.get(number);
    if (found === undefined) throw new CompletionError(CC.notPresent);
    return found;
  }

  /** The settings of a sensor, to read and to change. @throws CompletionError CBh for numbers that do not exist. */
  settings(number: number): SensorSettings {
    this.sensor(number);
    const settings = this.#settings.get(number) ?? {
      positive: 0,
      negative: 0,
      eventsEnabled: true,
      scanningEnabled: true,
      assertions: ALL_EVENTS,
      deassertions: ALL_EVENTS,
    };
    this.#settings.set(number, settings);
    return settings;
  }

  /** Record ids of the sensors of a type at an entity; instance 0 means all of them. */
  find(type: number, entityId: number, instance: number): { recordId: number; sensor: VirtualSensor }[] {
    return [...this.#sensors.values()]
      .map((sensor, index) => ({ recordId: index + 1, sensor }))
      .filter(
        ({ sensor }) =>
          sensor.type === type &&
          (sensor.entityId ?? SYSTEM_BOARD) === entityId &&
          (instance === 0 || (sensor.entityInstance ?? 1) === instance),
      );
  }

  /** Changes the thresholds of a sensor. */
  setThresholds(number: number, thresholds: NonNullable<VirtualSensor['thresholds']>): void {
    const sensor = this.sensor(number);
    this.#sensors.set(number, { ...sensor, thresholds: { ...sensor.thresholds, ...thresholds } });
  }
}

function indexOf(recordId: number, count: number): number {
  if (recordId === 0) return 0;
  return recordId === 0xffff ? count - 1 : recordId - 1;
}
