/** RMCP+ and RAKP message status codes (IPMI v2.0 table 13-15). */
export const RMCP_STATUS: Readonly<Record<number, string>> = {
  0x00: 'no errors',
  0x01: 'insufficient resources to create a session',
  0x02: 'invalid session id',
  0x03: 'invalid payload type',
  0x04: 'invalid authentication algorithm',
  0x05: 'invalid integrity algorithm',
  0x06: 'no matching authentication payload',
  0x07: 'no matching integrity payload',
  0x08: 'inactive session id',
  0x09: 'invalid role',
  0x0a: 'unauthorized role or privilege level requested',
  0x0b: 'insufficient resources to create a session at the requested role',
  0x0c: 'invalid name length',
  0x0d: 'unauthorized name',
  0x0e: 'unauthorized GUID',
  0x0f: 'invalid integrity check value',
  0x10: 'invalid confidentiality algorithm',
  0x11: 'no cipher suite match with proposed security algorithms',
  0x12: 'illegal or unrecognized parameter',
};

/** Statuses used by name. */
export const STATUS = {
  ok: 0x00,
  insufficientResources: 0x01,
  invalidSessionId: 0x02,
  insufficientResourcesForRole: 0x0b,
  unauthorizedRole: 0x0a,
  invalidNameLength: 0x0c,
  unauthorizedName: 0x0d,
  invalidIntegrityCheck: 0x0f,
  noCipherSuiteMatch: 0x11,
  illegalParameter: 0x12,
} as const;

/** Statuses by which BMCs refuse the algorithms that were offered. */
export const SUITE_REFUSALS: ReadonlySet<number> = new Set([0x04, 0x05, 0x06, 0x07, 0x10, 0x11, 0x12]);

/** `0Dh, unauthorized name`. */
export function describeStatus(status: number): string {
  const name = RMCP_STATUS[status] ?? 'status not in the specification';
  return `${status.toString(16).toUpperCase().padStart(2, '0')}h, ${name}`;
}
