import { BMC_VERBS } from './verbs/bmc.ts';
import { CHASSIS_VERBS } from './verbs/chassis.ts';
import { FRU_VERBS } from './verbs/fru.ts';
import { LAN_VERBS } from './verbs/lan.ts';
import { SEL_VERBS } from './verbs/sel.ts';
import { SENSOR_VERBS } from './verbs/sensors.ts';
import { USER_VERBS } from './verbs/users.ts';
import { UsageError } from './verb.ts';
import type { CliAnswer, Desk, Verb, Verbs } from './verb.ts';

/** Every verb for one BMC but the console, in the order of the help. */
export const VERBS: Verbs = {
  ...CHASSIS_VERBS,
  ...SEL_VERBS,
  ...SENSOR_VERBS,
  ...FRU_VERBS,
  ...LAN_VERBS,
  ...USER_VERBS,
  ...BMC_VERBS,
};

const LONGEST = Math.max(...Object.keys(VERBS).map((words) => words.split(' ').length));

/** Least and most words that a verb takes. */
function arity(takes: string): { least: number; most: number } {
  const words = takes.split(' ').filter((word) => word !== '');
  const least = words.filter((word) => !word.startsWith('[')).length;
  return { least, most: takes.includes('…') ? Infinity : words.length };
}

/** The verb that some words begin with, the longest of them, and what follows. @throws UsageError */
export function findVerb(words: readonly string[]): { verb: Verb; given: readonly string[] } {
  for (let length = Math.min(words.length, LONGEST); length > 0; length -= 1) {
    const name = words.slice(0, length).join(' ');
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (verb === undefined) continue;
    const given = words.slice(length);
    const { least, most } = arity(verb.takes);
    if (given.length < least || given.length > most) throw new UsageError(`usage: ${name} ${verb.takes}`.trimEnd());
    return { verb, given };
  }
  const similar = Object.keys(VERBS).filter((name) => name.split(' ')[0] === words[0]);
  throw new UsageError(
    similar.length > 0 ? similar.join('\n') : `there is no verb "${words.join(' ')}"; --help lists them`,
  );
}

/** Does what some words say. @throws UsageError, IpmiError */
export function runVerb(desk: Desk, words: readonly string[]): Promise<CliAnswer> {
  const { verb, given } = findVerb(words);
  return verb.run(desk, given);
}
