import { BareMetalError } from '../domain/errors.ts';

/** The oldest and the newest minor version of API 1 that is served (Ironic 39.0). */
export const MIN_VERSION = 1;
/** See MIN_VERSION. */
export const MAX_VERSION = 115;

/** Names the version that a client asks for, and the one that it got. */
export const VERSION_HEADER = 'X-OpenStack-Ironic-API-Version';
/** The header that all services of OpenStack share: `baremetal 1.95`. */
const STANDARD_HEADER = 'OpenStack-API-Version';

const RANGE_HEADERS: Readonly<Record<string, string>> = {
  'X-OpenStack-Ironic-API-Minimum-Version': `1.${MIN_VERSION}`,
  'X-OpenStack-Ironic-API-Maximum-Version': `1.${MAX_VERSION}`,
};

/** Names of the version headers. */
export const VERSION_HEADERS: readonly string[] = [VERSION_HEADER, ...Object.keys(RANGE_HEADERS)];

/** What came of the version that a request asks for; the headers go with the answer either way. */
export type Negotiation =
  | { readonly version: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly refusal: string; readonly headers: Readonly<Record<string, string>> };

/**
 * Negotiates the minor version: `1.n` or `latest`; none means the oldest. As in Ironic, a version that nobody serves
 * is answered with the range, and what is no version at all with no version headers.
 * @param header reads a header of the request
 */
export function negotiateVersion(header: (name: string) => string | undefined): Negotiation {
  const asked = standardVersion(header(STANDARD_HEADER)) ?? header(VERSION_HEADER)?.split(',').at(-1)?.trim() ?? '';
  if (asked === '') return accepted(MIN_VERSION);
  if (asked.toLowerCase() === 'latest') return accepted(MAX_VERSION);
  const [, major, minor] = /^([+-]?\d{1,9})\.([+-]?\d{1,9})$/.exec(asked) ?? [];
  if (major === undefined) return { refusal: `Invalid value for ${VERSION_HEADER} header`, headers: {} };
  const version = Number(minor);
  if (Number(major) === 1 && version >= MIN_VERSION && version <= MAX_VERSION) return accepted(version);
  const problem = Number(major) === 1 ? 'was requested but the minor version is not' : 'requested but not';
  return { refusal: `Version ${asked} ${problem} supported by this service. ${RANGE}`, headers: RANGE_HEADERS };
}

const RANGE = `The supported version range is: [1.${MIN_VERSION}, 1.${MAX_VERSION}].`;

function accepted(version: number): Negotiation {
  return { version, headers: { ...RANGE_HEADERS, [VERSION_HEADER]: `1.${version}` } };
}

function standardVersion(header: string | undefined): string | undefined {
  const entries = header?.split(',').map((entry) => /^\s*baremetal\s+(.*?)\s*$/i.exec(entry)?.[1]);
  return entries?.findLast((version) => version !== undefined);
}

/**
 * Refuses what a version doesn't know yet, in the words of Ironic.
 * @throws BareMetalError `NotAcceptable`
 */
export function requireVersion(version: number, since: number): void {
  if (version >= since) return;
  throw new BareMetalError(
    'NotAcceptable',
    `Request not acceptable. The minimal required API version should be 1.${since}`,
  );
}

/**
 * As requireKnown, where Ironic doesn't say which version it would be.
 * @throws BareMetalError `NotAcceptable`
 */
export function refuseNewer(version: number, names: Iterable<string>, since: Readonly<Record<string, number>>): void {
  for (const name of names) {
    if (version < (since[name] ?? MIN_VERSION)) throw new BareMetalError('NotAcceptable', 'Request not acceptable.');
  }
}

/** Refuses those of the given names that a version doesn't know yet. @throws BareMetalError `NotAcceptable` */
export function requireKnown(version: number, names: Iterable<string>, since: Readonly<Record<string, number>>): void {
  for (const name of names) requireVersion(version, since[name] ?? MIN_VERSION);
}
