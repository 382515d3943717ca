import { BOOT_DEVICES } from '../commands/boot-flags.ts';
import type { BootDevice } from '../commands/boot-flags.ts';
import type { ChassisAction } from '../commands/chassis-control.ts';
import type { Bmc } from '../client/bmc.ts';
import { describeEvent } from '../codec/sel-record.ts';
import { sensorTypeName } from '../codec/sensor-names.ts';

/** What a verb answers: for people as lines, for programs as a value. */
export interface CliAnswer {
  readonly lines: readonly string[];
  readonly value: unknown;
}

type Verb = (bmc: Bmc, words: readonly string[]) => Promise<CliAnswer>;

/** A call that the command line cannot understand. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const ACTIONS: Readonly<Record<string, ChassisAction>> = {
  on: 'on',
  off: 'off',
  cycle: 'cycle',
  reset: 'reset',
  diag: 'nmi',
  nmi: 'nmi',
  soft: 'soft',
};

const table = (value: object): string[] =>
  Object.entries(value).map(
    ([name, field]) => `${name.padEnd(22)}: ${typeof field === 'object' ? JSON.stringify(field) : String(field)}`,
  );

const power: Verb = async (bmc, [word = 'status']) => {
  if (word === 'status') {
    const { powerOn } = await bmc.getChassisStatus();
    return { lines: [`Chassis Power is ${powerOn ? 'on' : 'off'}`], value: { powerOn } };
  }
  const action = ACTIONS[word];
  if (action === undefined) throw new UsageError(`power: status, ${Object.keys(ACTIONS).join(', ')}`);
  await bmc.chassisControl(action);
  return { lines: [`Chassis Power Control: ${word}`], value: { action } };
};

const isDevice = (word: string): word is (typeof BOOT_DEVICES)[number] =>
  BOOT_DEVICES.some((device) => device === word);

const bootdev: Verb = async (bmc, [device = '', ...rest]) => {
  if (!isDevice(device)) throw new UsageError(`bootdev: ${BOOT_DEVICES.join(', ')}`);
  const options = new Set(rest.flatMap((word) => word.replace(/^options=/, '').split(',')));
  const chosen: BootDevice = device;
  await bmc.setBootDevice(chosen, {
    efi: options.has('efiboot'),
    persistent: options.has('persistent'),
    clearCmos: options.has('clear-cmos') || options.has('clear-cmos=yes'),
  });
  return { lines: [`Set Boot Device to ${device}`], value: { device } };
};

const sel: Verb = async (bmc, [word = 'list']) => {
  if (word === 'clear') {
    await bmc.sel.clear();
    return { lines: ['SEL cleared'], value: { cleared: true } };
  }
  if (word === 'info') {
    const info = await bmc.sel.info();
    return { lines: table(info), value: info };
  }
  const records = await bmc.sel.list();
  const lines = records.map((record) =>
    record.kind === 'event'
      ? `${record.recordId} | ${new Date(record.timestamp * 1000).toISOString()} | ${sensorTypeName(record.sensorType)} #${record.sensor} | ${describeEvent(record)}`
      : `${record.recordId} | OEM ${record.type.toString(16)}h | ${Buffer.from(record.data).toString('hex')}`,
  );
  return { lines, value: records };
};

const sdr: Verb = async (bmc) => {
  const readings = await bmc.sensors.readAll();
  const shown = (value: number | undefined, states: number): string =>
    value === undefined ? `0x${states.toString(16)}` : String(value);
  const lines = readings.map(
    ({ name, value, unit, status, states, available }) =>
      `${name.padEnd(16)} | ${available ? `${shown(value, states)} ${value === undefined ? '' : unit}` : 'no reading'} | ${status ?? (available ? 'ok' : 'ns')}`,
  );
  return { lines, value: readings };
};

const user: Verb = async (bmc) => {
  const users = await bmc.users.list();
  const lines = users.map(
    ({ id, name, enabled, privilege }) =>
      `${id} | ${name} | ${enabled === true ? 'enabled' : 'disabled'} | ${privilege ?? 'no access'}`,
  );
  return { lines, value: users };
};

const raw: Verb = async (bmc, words) => {
  const [netFn, cmd, ...data] = words.map(Number);
  if (netFn === undefined || cmd === undefined || words.some((word) => Number.isNaN(Number(word)))) {
    throw new UsageError('raw: netfn cmd [bytes…], for example raw 0x06 0x01');
  }
  const answer = await bmc.raw(netFn, cmd, Uint8Array.from(data));
  const hex = [...answer.data].map((byte) => byte.toString(16).padStart(2, '0'));
  return { lines: [hex.join(' ')], value: { completionCode: answer.completionCode, data: hex } };
};

const mc: Verb = async (bmc, [word = 'info', kind]) => {
  if (word === 'reset' && (kind === 'warm' || kind === 'cold')) {
    await bmc.resetBmc(kind);
    return { lines: [`Sent ${kind} reset`], value: { reset: kind } };
  }
  const info = await bmc.getDeviceId();
  return { lines: table(info), value: info };
};

/** Verbs by their first word, as ipmitool calls them. */
export const VERBS: Readonly<Record<string, Verb>> = {
  power,
  bootdev,
  sel,
  sdr,
  user,
  raw,
  mc,
  fru: async (bmc) => {
    const fru = await bmc.fru.read();
    return { lines: table(fru), value: fru };
  },
  lan: async (bmc) => {
    const settings = await bmc.lan.get();
    return { lines: table(settings), value: settings };
  },
};
