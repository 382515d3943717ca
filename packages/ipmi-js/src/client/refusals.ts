import { STATUS, SUITE_REFUSALS, describeStatus } from '../codec/rmcp-status.ts';
import { IpmiError } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import type { HandshakeStep } from '../session/handshake.ts';

const EXHAUSTED: ReadonlySet<number> = new Set([STATUS.insufficientResources, STATUS.insufficientResourcesForRole]);
/** Codes after which a fresh handshake may go through. */
const START_OVER: ReadonlySet<number> = new Set([STATUS.invalidSessionId, 0x08]);

/** What a refused handshake leads to. */
export type RefusalKind = 'exhausted' | 'start-over' | 'suite' | 'final';

/** Sorts RMCP+ statuses. */
export function refusalKind(step: HandshakeStep, status: number): RefusalKind {
  if (EXHAUSTED.has(status)) return 'exhausted';
  if (START_OVER.has(status)) return 'start-over';
  if (step === 'Open Session' && SUITE_REFUSALS.has(status)) return 'suite';
  return 'final';
}

/** What to do about each status, for people. */
const ADVICE: Readonly<Record<number, string>> = {
  [STATUS.unauthorizedName]: 'check the user name and that the user is enabled on the LAN channel',
  [STATUS.unauthorizedRole]: 'ask for a lower privilege or raise the limit of the user and the channel',
  0x09: 'ask for a lower privilege or raise the limit of the user and the channel',
  [STATUS.invalidIntegrityCheck]: 'check the password',
  [STATUS.insufficientResources]: 'close sessions held by other consoles or wait for the BMC to drop them',
};

const CODE: Readonly<Record<RefusalKind, IpmiErrorCode>> = {
  exhausted: 'IpmiSessionsExhausted',
  'start-over': 'IpmiTimeout',
  suite: 'IpmiCipherSuite',
  final: 'IpmiAuthentication',
};

/** The error for a handshake that the BMC refused (IPMI v2.0 §13.24). */
export function refusalError(bmc: string, step: HandshakeStep, status: number): IpmiError {
  const advice = ADVICE[status];
  return new IpmiError(
    CODE[refusalKind(step, status)],
    `${step} on ${bmc} refused: RMCP+ status ${describeStatus(status)} (IPMI v2.0 §13.24)` +
      (advice === undefined ? '' : `; ${advice}`),
    { bmc, command: step, rmcpStatus: status },
  );
}

/** The error for a RAKP message that does not fit our secrets. */
export function mismatchError(bmc: string, result: 'wrong-password' | 'wrong-kg'): IpmiError {
  const [message, what] =
    result === 'wrong-password'
      ? ['RAKP 2', 'the password (or the privilege hashing quirk)']
      : ['RAKP 4', 'the BMC key Kg'];
  return new IpmiError(
    'IpmiAuthentication',
    `Opening a session on ${bmc}: the code in ${message} does not fit; check ${what}`,
    { bmc, command: message },
  );
}
