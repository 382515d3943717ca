import { getPefCapabilities } from '../commands/get-pef-capabilities.ts';
import { getSensorReading } from '../commands/get-sensor-reading.ts';
import { getSensorThresholds } from '../commands/get-sensor-thresholds.ts';
import { getSensorType } from '../commands/get-sensor-type.ts';
import { setSensorThresholds } from '../commands/set-sensor-thresholds.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';
import type { VirtualSensor } from './options.ts';
import { THRESHOLD_BITS } from './sdr-store.ts';

const THRESHOLD = 0x01;
const SENSOR_SPECIFIC = 0x6f;
const ALWAYS_ONE = 0xc0;
const DISCRETE_ALWAYS_ONE = 0x80;
const PEF_VERSION = 0x51;

const rawOf = ({ raw }: VirtualSensor): number | undefined => (typeof raw === 'function' ? raw() : raw);

/** Bits of the thresholds that a raw reading has crossed; the upper ones count from equal on. */
function crossed(sensor: VirtualSensor, raw: number): number {
  return THRESHOLD_BITS.reduce((bits, name, bit) => {
    const threshold = sensor.thresholds?.[name];
    if (threshold === undefined) return bits;
    const over = name.startsWith('u') ? raw >= threshold : raw <= threshold;
    return over ? bits | (1 << bit) : bits;
  }, 0);
}

function reading(sensor: VirtualSensor): ReturnType<typeof getSensorReading.response.read> {
  const enabled = { eventsEnabled: true, scanningEnabled: true };
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

/** Sensor and PEF commands (IPMI v2.0 §30, §35). */
export const SENSOR_HANDLERS: readonly Handler[] = [
  handle(getSensorReading, ({ sensor }, { bmc }) => reading(bmc.sdrs.sensor(sensor))),
  handle(getSensorThresholds, ({ sensor }, { bmc }) => thresholds(bmc.sdrs.sensor(sensor))),
  handle(setSensorThresholds, changeThresholds),
  handle(getSensorType, ({ sensor }, { bmc }) => {
    const { type, states } = bmc.sdrs.sensor(sensor);
    return { sensorType: type, eventType: states === undefined ? THRESHOLD : SENSOR_SPECIFIC };
  }),
  handle(getPefCapabilities, () => ({
    version: PEF_VERSION,
    oemFilter: false,
    diagnosticInterrupt: false,
    oem: false,
    powerCycle: false,
    reset: false,
    powerDown: false,
    alert: false,
    filters: 0,
  })),
];
