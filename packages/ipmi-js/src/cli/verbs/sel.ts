import { getSelTime } from '../../commands/get-sel-time.ts';
import { describeEvent } from '../../codec/sel-record.ts';
import type { SelRecord } from '../../codec/sel-record.ts';
import { sensorTypeName } from '../../codec/sensor-names.ts';
import { fields, numberOf, verb, UsageError } from '../verb.ts';
import type { Verbs } from '../verb.ts';

const LAST_ID = 0xffff;

/** @param sensors names by number, where they are known */
function line(record: SelRecord, sensors: ReadonlyMap<number, string> = new Map()): string {
  if (record.kind !== 'event') {
    return `${record.recordId} | OEM ${record.type.toString(16)}h | ${Buffer.from(record.data).toString('hex')}`;
  }
  const { recordId, timestamp, sensorType, sensor } = record;
  const source = `${sensorTypeName(sensorType)} ${sensors.get(sensor) ?? `#${sensor}`}`;
  return `${recordId} | ${new Date(timestamp * 1000).toISOString()} | ${source} | ${describeEvent(record)}`;
}

const time = (when: Date) => ({ lines: [when.toISOString()], value: { time: when.toISOString() } });

/** The system event log. */
export const SEL_VERBS: Verbs = {
  sel: verb('', async ({ bmc }) => fields(await bmc.sel.info())),
  'sel info': verb('', async ({ bmc }) => fields(await bmc.sel.info())),
  'sel list': verb('', async ({ bmc }) => {
    const records = await bmc.sel.list();
    return { lines: records.map((record) => line(record)), value: records };
  }),
  'sel elist': verb('', async ({ bmc }) => {
    const sensors = (await bmc.sensors.records()).flatMap((sdr): [number, string][] =>
      'number' in sdr ? [[sdr.number, sdr.name]] : [],
    );
    const records = await bmc.sel.list();
    const names = new Map(sensors);
    return { lines: records.map((record) => line(record, names)), value: records };
  }),
  'sel delete': verb('ID', async ({ bmc }, [word]) => {
    const recordId = numberOf(word, 'sel delete', LAST_ID);
    await bmc.sel.delete(recordId);
    return { lines: [`Deleted entry ${recordId}`], value: { deleted: recordId } };
  }),
  'sel clear': verb('', async ({ bmc }) => {
    await bmc.sel.clear();
    return { lines: ['SEL cleared'], value: { cleared: true } };
  }),
  'sel time get': verb('', async ({ bmc }) => time(new Date((await bmc.command(getSelTime, {})).time * 1000))),
  'sel time set': verb('TIME|now', async ({ bmc }, [word = '']) => {
    const when = word === 'now' ? new Date() : new Date(word);
    if (Number.isNaN(when.getTime())) throw new UsageError(`sel time set: "${word}" is no time, nor "now"`);
    await bmc.sel.setTime(when);
    return time(when);
  }),
};
