import { CC } from '../codec/completion-codes.ts';
import { getSensorEventEnable } from '../commands/get-sensor-event-enable.ts';
import { getSensorHysteresis } from '../commands/get-sensor-hysteresis.ts';
import { getSensorReadingFactors } from '../commands/get-sensor-reading-factors.ts';
import { getSensorReading } from '../commands/get-sensor-reading.ts';
import { getSensorThresholds } from '../commands/get-sensor-thresholds.ts';
import { getSensorType } from '../commands/get-sensor-type.ts';
import { rearmSensorEvents } from '../commands/rearm-sensor-events.ts';
import { setSensorEventEnable } from '../commands/set-sensor-event-enable.ts';
import { setSensorHysteresis } from '../commands/set-sensor-hysteresis.ts';
import { setSensorThresholds } from '../commands/set-sensor-thresholds.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';
import type { VirtualSensor } from './options.ts';
import { THRESHOLD_BITS, factorsOf, rawOf } from './sdr-store.ts';
import type { SensorSettings } from './sdr-store.ts';

const THRESHOLD = 0x01;
const SENSOR_SPECIFIC = 0x6f;
const ALWAYS_ONE = 0xc0;
const DISCRETE_ALWAYS_ONE = 0x80;

/** Bits of the thresholds that a raw reading has crossed; the upper ones count from equal on. */
function crossed(sensor: VirtualSensor, raw: number): number {
  return THRESHOLD_BITS.reduce((bits, name, bit) => {
    const threshold = sensor.thresholds?.[name];
    if (threshold === undefined) return bits;
    const over = name.startsWith('u') ? raw >= threshold : raw <= threshold;
    return over ? bits | (1 << bit) : bits;
  }, 0);
}

function reading(
  sensor: VirtualSensor,
  { eventsEnabled, scanningEnabled }: SensorSettings,
): ReturnType<typeof getSensorReading.response.read> {
  const enabled = { eventsEnabled, scanningEnabled };
  if (sensor.states !== undefined) {
    const states = sensor.states;
    const high = DISCRETE_ALWAYS_ONE | (states >> 8);
    return { reading: 0, ...enabled, unavailable: false, statesLow: states & 0xff, statesHigh: high };
  }
  const raw = rawOf(sensor);
  if (raw === undefined) return { reading: 0, ...enabled, unavailable: true };
  return { reading: raw, ...enabled, unavailable: false, statesLow: ALWAYS_ONE | crossed(sensor, raw) };
}

function thresholds(sensor: VirtualSensor): ReturnType<typeof getSensorThresholds.response.read> {
  const { lnc, lc, lnr, unc, uc, unr } = sensor.thresholds ?? {};
  return {
    lnc: lnc !== undefined,
    lc: lc !== undefined,
    lnr: lnr !== undefined,
    unc: unc !== undefined,
    uc: uc !== undefined,
    unr: unr !== undefined,
    lncRaw: lnc ?? 0,
    lcRaw: lc ?? 0,
    lnrRaw: lnr ?? 0,
    uncRaw: unc ?? 0,
    ucRaw: uc ?? 0,
    unrRaw: unr ?? 0,
  };
}

function changeThresholds(
  request: ReturnType<typeof setSensorThresholds.request.read>,
  { bmc }: Context,
): Record<string, never> {
  const change = Object.fromEntries(
    THRESHOLD_BITS.filter((name) => request[name]).map((name) => [name, request[`${name}Raw`]]),
  );
  bmc.sdrs.setThresholds(request.sensor, change);
  return {};
}

/** Two masks of 16 bits, least significant byte first; what the message leaves out reads as 0. */
function masksOf(bytes: Uint8Array): { assertions: number; deassertions: number } {
  const [assertLow = 0, assertHigh = 0, deassertLow = 0, deassertHigh = 0] = bytes;
  return { assertions: assertLow | (assertHigh << 8), deassertions: deassertLow | (deassertHigh << 8) };
}

const EVENT_CHANGES: Readonly<Record<string, (now: number, selected: number) => number>> = {
  none: (now) => now,
  enable: (now, selected) => now | selected,
  disable: (now, selected) => now & ~selected,
};

function changeEvents(
  request: ReturnType<typeof setSensorEventEnable.request.read>,
  { bmc }: Context,
): Record<string, never> {
  const change = EVENT_CHANGES[request.change];
  if (change === undefined) throw new CompletionError(CC.invalidData);
  const settings = bmc.sdrs.settings(request.sensor);
  const { assertions, deassertions } = masksOf(request.masks);
  settings.eventsEnabled = request.eventsEnabled;
  settings.scanningEnabled = request.scanningEnabled;
  settings.assertions = change(settings.assertions, assertions);
  settings.deassertions = change(settings.deassertions, deassertions);
  return {};
}

function events(settings: SensorSettings): ReturnType<typeof getSensorEventEnable.response.read> {
  const { eventsEnabled, scanningEnabled, assertions, deassertions } = settings;
  const masks = Uint8Array.of(assertions & 0xff, assertions >> 8, deassertions & 0xff, deassertions >> 8);
  return { eventsEnabled, scanningEnabled, masks };
}

/** @throws CompletionError CDh for a discrete sensor, which has nothing to convert */
function analog(sensor: VirtualSensor): VirtualSensor {
  if (sensor.states !== undefined) throw new CompletionError(CC.illegalForSensor);
  return sensor;
}

/** Sensor commands (IPMI v2.0 §35). */
export const SENSOR_HANDLERS: readonly Handler[] = [
  handle(getSensorReading, ({ sensor }, { bmc: { sdrs } }) => reading(sdrs.sensor(sensor), sdrs.settings(sensor))),
  handle(getSensorThresholds, ({ sensor }, { bmc }) => thresholds(bmc.sdrs.sensor(sensor))),
  handle(setSensorThresholds, changeThresholds),
  handle(getSensorType, ({ sensor }, { bmc }) => {
    const { type, states } = bmc.sdrs.sensor(sensor);
    return { sensorType: type, eventType: states === undefined ? THRESHOLD : SENSOR_SPECIFIC };
  }),
  handle(getSensorReadingFactors, ({ sensor, reading: raw }, { bmc }) => ({
    nextReading: raw,
    factors: factorsOf(analog(bmc.sdrs.sensor(sensor))),
  })),
  handle(getSensorHysteresis, ({ sensor }, { bmc }) => bmc.sdrs.settings(sensor)),
  handle(setSensorHysteresis, ({ sensor, positive, negative }, { bmc }) => {
    Object.assign(bmc.sdrs.settings(sensor), { positive, negative });
    return {};
  }),
  handle(getSensorEventEnable, ({ sensor }, { bmc }) => events(bmc.sdrs.settings(sensor))),
  handle(setSensorEventEnable, changeEvents),
  handle(rearmSensorEvents, ({ sensor }, { bmc }) => {
    // Nothing latches here: thresholds and states are compared anew at each reading.
    bmc.sdrs.sensor(sensor);
    return {};
  }),
];
