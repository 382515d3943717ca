/** Generic completion codes (IPMI v2.0 table 5-2). */
export const COMPLETION_CODES: Readonly<Record<number, string>> = {
  0x00: 'command completed normally',
  0xc0: 'node busy',
  0xc1: 'invalid command',
  0xc2: 'command invalid for given LUN',
  0xc3: 'timeout while processing command',
  0xc4: 'out of space',
  0xc5: 'reservation cancelled or invalid',
  0xc6: 'request data truncated',
  0xc7: 'request data length invalid',
  0xc8: 'request data field length limit exceeded',
  0xc9: 'parameter out of range',
  0xca: 'cannot return number of requested data bytes',
  0xcb: 'requested sensor, data or record not present',
  0xcc: 'invalid data field in request',
  0xcd: 'command illegal for specified sensor or record type',
  0xce: 'command response could not be provided',
  0xcf: 'cannot execute duplicated request',
  0xd0: 'SDR repository in update mode',
  0xd1: 'device in firmware update mode',
  0xd2: 'BMC initialization in progress',
  0xd3: 'destination unavailable',
  0xd4: 'insufficient privilege level',
  0xd5: 'command not supported in present state',
  0xd6: 'command sub-function disabled or unavailable',
  0xff: 'unspecified error',
};

/** Completion codes used by name in this library. */
export const CC = {
  ok: 0x00,
  busy: 0xc0,
  invalidCommand: 0xc1,
  timeout: 0xc3,
  outOfSpace: 0xc4,
  reservation: 0xc5,
  truncated: 0xc6,
  length: 0xc7,
  outOfRange: 0xc9,
  cannotReturnBytes: 0xca,
  notPresent: 0xcb,
  invalidData: 0xcc,
  illegalForSensor: 0xcd,
  duplicate: 0xcf,
  initializing: 0xd2,
  privilege: 0xd4,
  notInThisState: 0xd5,
  unspecified: 0xff,
} as const;

/** `D4h, insufficient privilege level`; `own` names the codes 80h–BEh that the command defines. */
export function describeCompletion(code: number, own: Readonly<Record<number, string>> = {}): string {
  const name = own[code] ?? COMPLETION_CODES[code] ?? (code < 0x80 ? 'OEM code' : 'command-specific code');
  return `${code.toString(16).toUpperCase().padStart(2, '0')}h, ${name}`;
}
