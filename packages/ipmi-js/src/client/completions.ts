import { CC, describeCompletion } from '../codec/completion-codes.ts';
import { IpmiError } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';

/** Enough of a command to speak about it. */
export interface CommandFacts {
  readonly name: string;
  readonly spec: string;
  readonly repeatable: boolean;
  readonly codes?: Readonly<Record<number, string>> | undefined;
}

/** Answers after which the command was surely not done, so that it may be sent again. */
const NOT_DONE: ReadonlySet<number> = new Set([CC.busy, CC.outOfSpace, CC.initializing]);
/** Answers that leave open whether it was done: sent again only when that does no harm. */
const PERHAPS_DONE: ReadonlySet<number> = new Set([CC.timeout, CC.duplicate]);

/** True when the same command may be sent again after this answer (IPMI v2.0 §5.2). */
export function mayRepeat(completionCode: number, repeatable: boolean): boolean {
  return NOT_DONE.has(completionCode) || (repeatable && PERHAPS_DONE.has(completionCode));
}

const CODES: Readonly<Record<number, IpmiErrorCode>> = {
  [CC.busy]: 'IpmiBusy',
  [CC.outOfSpace]: 'IpmiBusy',
  [CC.initializing]: 'IpmiBusy',
  [CC.timeout]: 'IpmiBusy',
  [CC.duplicate]: 'IpmiOutcomeUnknown',
  [CC.invalidCommand]: 'IpmiUnsupported',
  0xc2: 'IpmiUnsupported',
  [CC.privilege]: 'IpmiPrivilege',
};

const ADVICE: Readonly<Record<number, string>> = {
  [CC.privilege]: 'the user needs a higher privilege',
  [CC.invalidCommand]: 'this BMC does not implement the command',
  [CC.busy]: 'the BMC stayed busy; try again later or raise minGapMs',
};

/** The error for a completion code that is not 00h. */
export function completionError(bmc: string, command: CommandFacts, completionCode: number): IpmiError {
  const advice = ADVICE[completionCode];
  const spec = command.spec.startsWith('§') ? `IPMI v2.0 ${command.spec}` : command.spec;
  return new IpmiError(
    CODES[completionCode] ?? 'IpmiCompletion',
    `${command.name} on ${bmc} refused: completion code ${describeCompletion(completionCode, command.codes)} (${spec})` +
      (advice === undefined ? '' : `; ${advice}`),
    { bmc, command: command.name, completionCode },
  );
}
