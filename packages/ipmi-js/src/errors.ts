/** Every stable code that an {@link IpmiError} can carry. */
export const IPMI_ERROR_CODES = {
  IpmiTimeout: 'the BMC did not answer in time',
  IpmiUnreachable: 'the address cannot be resolved or no route leads to it',
  IpmiAuthentication: 'user name, password, privilege or Kg refused',
  IpmiCipherSuite: 'no cipher suite that both sides allow',
  IpmiSessionsExhausted: 'the BMC has no free session slot',
  IpmiBusy: 'the BMC stayed busy until the deadline',
  IpmiUnsupported: 'the BMC does not know this command or parameter',
  IpmiPrivilege: 'the session privilege is too low for this command',
  IpmiCompletion: 'the BMC answered with another completion code',
  IpmiOutcomeUnknown: 'a command that must not be repeated got no answer',
  IpmiMalformedReply: 'the BMC sent bytes that do not fit the specification',
  IpmiSol: 'serial over LAN was refused or ended',
  IpmiInvalidArgument: 'the caller asked for something that IPMI cannot express',
  IpmiAborted: 'the caller aborted',
  IpmiClosed: 'the client or BMC handle was closed',
} as const;

/** A stable name of what went wrong. */
export type IpmiErrorCode = keyof typeof IPMI_ERROR_CODES;

/** Facts that go with an {@link IpmiError}; never a secret. */
export interface IpmiErrorDetails {
  /** Completion code, 01h–FFh (IPMI v2.0 §5.2). */
  readonly completionCode?: number | undefined;
  /** RMCP+ and RAKP status code (IPMI v2.0 §13.24). */
  readonly rmcpStatus?: number | undefined;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean | undefined;
  /** `host:port` of the BMC. */
  readonly bmc?: string | undefined;
  /** Name of the command, as the specification spells it. */
  readonly command?: string | undefined;
  readonly cause?: unknown;
}

/** Codes that may heal by themselves. */
const RETRYABLE: ReadonlySet<IpmiErrorCode> = new Set([
  'IpmiTimeout',
  'IpmiUnreachable',
  'IpmiSessionsExhausted',
  'IpmiBusy',
  'IpmiOutcomeUnknown',
  'IpmiMalformedReply',
]);

/** The one error of this library: what was asked of whom, what came back, what to do. */
export class IpmiError extends Error {
  override readonly name = 'IpmiError';
  readonly code: IpmiErrorCode;
  readonly completionCode: number | undefined;
  readonly rmcpStatus: number | undefined;
  readonly retryable: boolean;
  readonly bmc: string | undefined;
  readonly command: string | undefined;

  constructor(code: IpmiErrorCode, message: string, details: IpmiErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.completionCode = details.completionCode;
    this.rmcpStatus = details.rmcpStatus;
    this.retryable = details.retryable ?? RETRYABLE.has(code);
    this.bmc = details.bmc;
    this.command = details.command;
  }
}
