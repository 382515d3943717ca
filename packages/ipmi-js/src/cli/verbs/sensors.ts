import { THRESHOLDS } from '../../client/sensors.ts';
import type { SensorReading, Threshold } from '../../client/sensors.ts';
import type { Sdr } from '../../codec/sdr.ts';
import type { Bmc } from '../../client/bmc.ts';
import { UsageError, fields, verb } from '../verb.ts';
import type { Verbs } from '../verb.ts';

type Shown = SensorReading & { readonly thresholds?: Partial<Record<Threshold, number>> };

function reading({ available, value, unit, states }: SensorReading): string {
  if (!available) return 'no reading';
  return value === undefined ? `0x${states.toString(16)}` : `${value} ${unit}`;
}

const state = ({ available, status }: SensorReading): string => status ?? (available ? 'ok' : 'ns');

const list = verb('', async ({ bmc }) => {
  const readings = await bmc.sensors.readAll();
  const lines = readings.map((one) => `${one.name.padEnd(16)} | ${reading(one)} | ${state(one)}`);
  return { lines, value: readings };
});

const isSensor = (sdr: Sdr): sdr is Extract<Sdr, { kind: 'full' | 'compact' }> =>
  sdr.kind === 'full' || sdr.kind === 'compact';

async function withThresholds(bmc: Bmc): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const sdr of (await bmc.sensors.records()).filter(isSensor)) {
    const now = await bmc.sensors.read(sdr);
    shown.push(sdr.kind === 'full' ? { ...now, thresholds: await bmc.sensors.thresholds(sdr) } : now);
  }
  return shown;
}

const row = (one: Shown): string =>
  [
    one.name.padEnd(16),
    reading(one),
    state(one),
    ...THRESHOLDS.map((name) => String(one.thresholds?.[name] ?? 'na')),
  ].join(' | ');

/** Sensor records and readings. */
export const SENSOR_VERBS: Verbs = {
  sdr: list,
  'sdr list': list,
  'sdr info': verb('', async ({ bmc }) => fields(await bmc.sensors.info())),
  'sensor list': verb('', async ({ bmc }) => {
    const sensors = await withThresholds(bmc);
    return { lines: sensors.map(row), value: sensors };
  }),
  'sensor get': verb('NAME', async ({ bmc }, [name]) => {
    const found = (await withThresholds(bmc)).find((one) => one.name === name);
    if (found === undefined) throw new UsageError(`sensor get: there is no sensor "${name ?? ''}"`);
    return fields(found);
  }),
};
