import { parseArgs } from 'node:util';
import { LabError } from './errors.ts';
import type { LabOptions } from './lab.ts';
import type { Firmware, LiveSource } from './state.ts';

const FLAGS = {
  nodes: { type: 'string' },
  name: { type: 'string' },
  firmware: { type: 'string' },
  nics: { type: 'string' },
  'memory-mib': { type: 'string' },
  'live-from': { type: 'string' },
  'temporal-port': { type: 'string' },
  'api-port': { type: 'string' },
  rootless: { type: 'boolean' },
} as const;

const oneOf = <T extends string>(flag: string, allowed: readonly T[], given: string): T => {
  const found = allowed.find((word) => word === given);
  if (found === undefined) throw new LabError(`--${flag} is "${given}", but may be ${allowed.join(' or ')}.`);
  return found;
};

const whole = (flag: string, least: number, given: string): number => {
  const value = Number(given);
  if (!Number.isInteger(value) || value < least)
    throw new LabError(`--${flag} is "${given}", but must be a whole number of ${least} or more.`);
  return value;
};

const firmwareList = (given: string): Firmware[] =>
  given.split(',').map((word) => oneOf('firmware', ['uefi', 'bios'], word));

type Values = Partial<Record<keyof typeof FLAGS, string | boolean>>;

/** Gives an option only when it was said, so that the lab's own defaults and memory hold. */
const said = <K extends string, T>(
  values: Values,
  flag: keyof typeof FLAGS,
  key: K,
  read: (given: string) => T,
): Partial<Record<K, T>> => {
  const given = values[flag];
  return typeof given === 'string' ? ({ [key]: read(given) } as Partial<Record<K, T>>) : {};
};

/** The options of `lab:up` from its arguments. @throws LabError that names a wrong flag. */
export const parseUp = (args: readonly string[]): LabOptions => {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true });
  return {
    ...said(values, 'nodes', 'nodes', (given) => whole('nodes', 1, given)),
    ...said(values, 'name', 'name', (given) => given),
    ...said(values, 'firmware', 'firmware', firmwareList),
    ...said(values, 'nics', 'nics', (given) => whole('nics', 1, given)),
    ...said(values, 'memory-mib', 'memoryMib', (given) => whole('memory-mib', 256, given)),
    ...said(values, 'live-from', 'liveFrom', (given) => oneOf<LiveSource>('live-from', ['media', 'http'], given)),
    ...said(values, 'temporal-port', 'temporalPort', (given) => whole('temporal-port', 1, given)),
    ...said(values, 'api-port', 'apiPort', (given) => whole('api-port', 1, given)),
    ...(values.rootless === true ? { mode: 'rootless' } : {}),
  };
};

/** Runs a command of the lab; a failure is told in its sentence, without a stack. */
export const runCommand = async (command: () => Promise<void>): Promise<void> => {
  try {
    await command();
  } catch (error) {
    process.stderr.write(
      `${error instanceof LabError || error instanceof TypeError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exitCode = 1;
  }
};
