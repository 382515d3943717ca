import { CC } from '../codec/completion-codes.ts';
import { SDR_HEADER, decodeSdr, decodeSdrHeader } from '../codec/sdr.ts';
import type { FullSensor, Sdr } from '../codec/sdr.ts';
import { convertReading, decodeFactors, isNonLinear } from '../codec/sensor-conversion.ts';
import { sensorTypeName, unitName } from '../codec/sensor-names.ts';
import { IpmiError } from '../errors.ts';
import { getSdr } from '../commands/get-sdr.ts';
import { getSdrRepositoryInfo } from '../commands/get-sdr-repository-info.ts';
import { getSensorReading } from '../commands/get-sensor-reading.ts';
import { getSensorReadingFactors } from '../commands/get-sensor-reading-factors.ts';
import { getSensorThresholds } from '../commands/get-sensor-thresholds.ts';
import { reserveSdrRepository } from '../commands/reserve-sdr-repository.ts';
import { setSensorThresholds } from '../commands/set-sensor-thresholds.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CallOptions } from './options.ts';

const FIRST = 0x0000;
const END = 0xffff;
const BMC_OWNER = 0x20;
const FIRST_CHUNK = 64;
const SMALLEST_CHUNK = 8;
const RESERVATION_TRIES = 8;
const TOO_MUCH: ReadonlySet<number> = new Set([CC.cannotReturnBytes, 0xc8, CC.length, CC.unspecified]);
const THRESHOLD_EVENT = 0x01;

/** Names of the six thresholds, lower ones first. */
export const THRESHOLDS = ['lnc', 'lc', 'lnr', 'unc', 'uc', 'unr'] as const;
/** lnc = lower non-critical … unr = upper non-recoverable. */
export type Threshold = (typeof THRESHOLDS)[number];

/** A sensor with what it reads now. */
export interface SensorReading {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly entityId: number;
  readonly entityInstance: number;
  /** In `unit`; undefined for discrete or unavailable sensors. */
  readonly value: number | undefined;
  readonly unit: string;
  /** Bits 0–14 of a discrete sensor, or the threshold comparison bits. */
  readonly states: number;
  readonly available: boolean;
  /** `ok`, the worst crossed threshold, or undefined when not a threshold sensor or unavailable. */
  readonly status: 'ok' | Threshold | undefined;
}

type AnySensor = Extract<Sdr, { kind: 'full' | 'compact' }>;

/** The sensors of one BMC: records, readings, thresholds (IPMI v2.0 §33, §35). */
export class Sensors {
  readonly #runner: CommandRunner;
  /** Chunk size that this BMC copes with. */
  #chunk = FIRST_CHUNK;

  constructor(runner: CommandRunner) {
    this.#runner = runner;
  }

  info(options?: CallOptions): Promise<ReturnType<typeof getSdrRepositoryInfo.response.read>> {
    return this.#runner.command(getSdrRepositoryInfo, {}, options);
  }

  /** All sensor data records. The deadline holds for each command, not for the whole repository. */
  async records(options?: CallOptions): Promise<Sdr[]> {
    const records: Sdr[] = [];
    const seen = new Set<number>();
    let reservation = await this.#reserve(options);
    for (let recordId = FIRST, attempt = 0; recordId !== END && !seen.has(recordId);) {
      try {
        const { nextId, data } = await this.#record(recordId, reservation, options);
        seen.add(recordId);
        if (data.length > 0) records.push(decodeSdr(data));
        recordId = nextId;
      } catch (error) {
        const cancelled = error instanceof IpmiError && error.completionCode === CC.reservation;
        if (!cancelled || ++attempt >= RESERVATION_TRIES) throw error;
        reservation = await this.#reserve(options);
      }
    }
    return records;
  }

  /** Readings of all sensors that the BMC itself owns; sensors that do not answer count as unavailable. */
  async readAll(options?: CallOptions): Promise<SensorReading[]> {
    const readings: SensorReading[] = [];
    for (const record of await this.records(options)) {
      if ((record.kind === 'full' || record.kind === 'compact') && record.ownerId === BMC_OWNER) {
        readings.push(await this.read(record, options));
      }
    }
    return readings;
  }

  /** Reads one sensor. */
  async read(sensor: AnySensor, options?: CallOptions): Promise<SensorReading> {
    const answer = await this.#reading(sensor.number, options);
    const available = answer !== undefined && !answer.unavailable && answer.scanningEnabled;
    const mask = sensor.eventType === THRESHOLD_EVENT ? 0x3f : 0x7fff;
    const states = available ? ((answer.statesLow ?? 0) | ((answer.statesHigh ?? 0) << 8)) & mask : 0;
    const analog = available && sensor.kind === 'full' && sensor.format !== 'none';
    return {
      name: sensor.name,
      number: sensor.number,
      type: sensorTypeName(sensor.sensorType),
      entityId: sensor.entityId,
      entityInstance: sensor.entityInstance & 0x7f,
      value: analog ? await this.#convert(sensor, answer.reading, options) : undefined,
      unit: unitName(sensor.baseUnit, sensor.percentage),
      states,
      available,
      status: available && sensor.eventType === THRESHOLD_EVENT ? worst(states) : undefined,
    };
  }

  /** Readable thresholds of an analog sensor in its unit. */
  async thresholds(sensor: FullSensor, options?: CallOptions): Promise<Partial<Record<Threshold, number>>> {
    const raw = await this.#runner.command(getSensorThresholds, { sensor: sensor.number }, options);
    const values: Partial<Record<Threshold, number>> = {};
    for (const name of THRESHOLDS) {
      const value = raw[name] ? await this.#convert(sensor, raw[`${name}Raw`], options) : undefined;
      if (value !== undefined) values[name] = value;
    }
    return values;
  }

  /** Sets thresholds by raw byte; the ones not named stay. */
  async setRawThresholds(
    number: number,
    raw: Partial<Record<Threshold, number>>,
    options?: CallOptions,
  ): Promise<void> {
    const is = (name: Threshold): boolean => raw[name] !== undefined;
    await this.#runner.command(
      setSensorThresholds,
      {
        sensor: number,
        lnc: is('lnc'),
        lc: is('lc'),
        lnr: is('lnr'),
        unc: is('unc'),
        uc: is('uc'),
        unr: is('unr'),
        lncRaw: raw.lnc ?? 0,
        lcRaw: raw.lc ?? 0,
        lnrRaw: raw.lnr ?? 0,
        uncRaw: raw.unc ?? 0,
        ucRaw: raw.uc ?? 0,
        unrRaw: raw.unr ?? 0,
      },
      options,
    );
  }

  async #convert(sensor: FullSensor, raw: number, options?: CallOptions): Promise<number | undefined> {
    if (sensor.format === 'none' || sensor.format.startsWith('reserved')) return undefined;
    const format = sensor.format as 'unsigned' | 'ones' | 'twos';
    const { linearization } = sensor;
    if (!isNonLinear(linearization)) {
      return convertReading(raw, { factors: decodeFactors(sensor.factors), linearization, format });
    }
    const { factors } = await this.#runner.command(
      getSensorReadingFactors,
      { sensor: sensor.number, reading: raw },
      options,
    );
    return convertReading(raw, { factors: decodeFactors(factors), linearization: 0, format });
  }

  /** Undefined when the sensor is not there or cannot be read now. */
  async #reading(
    sensor: number,
    options?: CallOptions,
  ): Promise<ReturnType<typeof getSensorReading.response.read> | undefined> {
    try {
      return await this.#runner.command(getSensorReading, { sensor }, options);
    } catch (error) {
      if (error instanceof IpmiError && error.completionCode !== undefined) return undefined;
      throw error;
    }
  }

  async #reserve(options?: CallOptions): Promise<number> {
    const { reservation } = await this.#runner.command(reserveSdrRepository, {}, options);
    return reservation;
  }

  /** A whole record in pieces; BMCs differ in how much they return at once. */
  async #record(
    recordId: number,
    reservation: number,
    options?: CallOptions,
  ): Promise<{ nextId: number; data: Uint8Array }> {
    const head = await this.#piece({ recordId, reservation, offset: 0, count: SDR_HEADER }, options);
    const total = SDR_HEADER + decodeSdrHeader(head.data).length;
    const pieces = [head.data];
    for (let offset = SDR_HEADER; offset < total;) {
      const count = Math.min(this.#chunk, total - offset);
      const { data } = await this.#piece({ recordId, reservation, offset, count }, options);
      if (data.length === 0) break;
      pieces.push(data);
      offset += data.length;
    }
    return { nextId: head.nextId, data: Buffer.concat(pieces) };
  }

  async #piece(
    request: { recordId: number; reservation: number; offset: number; count: number },
    options?: CallOptions,
  ): Promise<{ nextId: number; data: Uint8Array }> {
    for (let { count } = request; ; count = Math.min(count, this.#chunk)) {
      try {
        return await this.#runner.command(getSdr, { ...request, count }, options);
      } catch (error) {
        const tooMuch = error instanceof IpmiError && TOO_MUCH.has(error.completionCode ?? 0);
        if (!tooMuch || count <= SMALLEST_CHUNK) throw error;
        this.#chunk = Math.max(SMALLEST_CHUNK, count >> 1);
      }
    }
  }
}

/** The worst of the threshold comparison bits (IPMI v2.0 table 35-15). */
function worst(bits: number): 'ok' | Threshold {
  const byHarm = [
    ['unr', 5],
    ['lnr', 2],
    ['uc', 4],
    ['lc', 1],
    ['unc', 3],
    ['lnc', 0],
  ] as const;
  return byHarm.find(([, bit]) => ((bits >> bit) & 1) === 1)?.[0] ?? 'ok';
}
