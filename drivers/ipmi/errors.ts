import { IpmiError } from 'ipmi-js';
import type { IpmiErrorCode } from 'ipmi-js';
import { BareMetalError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';

interface Translation {
  readonly code: ErrorCode;
  /** What the BMC did, after "the BMC at <address>". */
  readonly means: string;
  /** What a person can do about it. */
  readonly advice: string;
}

const CHECK_NETWORK =
  'check driver_info/ipmi_address and ipmi_port, the network, and that IPMI over LAN is switched on';

/** What each error of the IPMI library is to Anneal; an abort is not translated. */
export const IPMI_TRANSLATIONS: Readonly<Record<Exclude<IpmiErrorCode, 'IpmiAborted'>, Translation>> = {
  IpmiTimeout: { code: 'BmcUnreachable', means: 'does not answer', advice: CHECK_NETWORK },
  IpmiUnreachable: { code: 'BmcUnreachable', means: 'cannot be reached', advice: CHECK_NETWORK },
  IpmiAuthentication: {
    code: 'BmcAuthFailed',
    means: 'refused the login',
    advice: 'correct driver_info/ipmi_username, ipmi_password, ipmi_priv_level or ipmi_hex_kg_key',
  },
  IpmiCipherSuite: {
    code: 'BmcRefused',
    means: 'offers no cipher suite that is allowed',
    advice: 'enable suite 17 or 3 on the BMC, or name another in driver_info/ipmi_cipher_suite',
  },
  IpmiSessionsExhausted: {
    code: 'BmcBusy',
    means: 'has no free session',
    advice: 'it is tried again; close other consoles and tools that hold one',
  },
  IpmiBusy: { code: 'BmcBusy', means: 'stayed busy', advice: 'it is tried again' },
  IpmiUnsupported: {
    code: 'BmcRefused',
    means: 'does not know the command',
    advice: 'this machine cannot do it by IPMI',
  },
  IpmiPrivilege: {
    code: 'BmcRefused',
    means: 'refused for want of privilege',
    advice: 'give the user ADMINISTRATOR on the BMC, or correct driver_info/ipmi_priv_level',
  },
  IpmiCompletion: { code: 'BmcRefused', means: 'refused the command', advice: 'look at the machine’s BMC' },
  IpmiOutcomeUnknown: {
    code: 'BmcUnreachable',
    means: 'did not say whether it took the command',
    advice: 'the state is read before anything is tried again',
  },
  IpmiMalformedReply: {
    code: 'BmcMalformedReply',
    means: 'answered bytes that do not fit the specification',
    advice: 'look for a newer firmware of the BMC',
  },
  IpmiSol: { code: 'BmcRefused', means: 'refused serial over LAN', advice: 'close other consoles' },
  IpmiInvalidArgument: {
    code: 'InvalidParameterValue',
    means: 'was not asked, because IPMI cannot express the request',
    advice: 'correct driver_info',
  },
  IpmiClosed: {
    code: 'BmcUnreachable',
    means: 'was let go of while it was asked',
    advice: 'its driver_info was changed or the worker stops; it is tried again',
  },
};

/** Which call failed: for its sentence. */
export interface IpmiCallFacts {
  /** What was tried, such as `reading the power state`. */
  readonly doing: string;
  /** Name or uuid of the node. */
  readonly node: string;
  /** `host:port`. */
  readonly address: string;
}

/** Turns an error of the IPMI library into Anneal's own; any other thing is given back as it is. */
export function translateIpmiError(error: unknown, { doing, node, address }: IpmiCallFacts): unknown {
  if (!(error instanceof IpmiError) || error.code === 'IpmiAborted') return error;
  const { code, means, advice } = IPMI_TRANSLATIONS[error.code];
  return new BareMetalError(
    code,
    `Node ${node}: ${doing} failed, the BMC at ${address} ${means}; ${advice}. (${error.message})`,
    { cause: error },
  );
}
