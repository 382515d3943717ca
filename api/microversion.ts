import { BareMetalError } from '../domain/errors.ts';

/** The oldest and the newest minor version of API 1 that is served (Ironic 39.0). */
export const MIN_VERSION = 1;
/** See MIN_VERSION. */
export const MAX_VERSION = 115;

/** Names of the version headers; each answer carries all three. */
export const VERSION_HEADER = 'X-OpenStack-Ironic-API-Version';

/** The headers that tell a client which versions it may ask for and which it got. */
export function versionHeaders(version: number): Record<string, string> {
  return {
    'X-OpenStack-Ironic-API-Minimum-Version': `1.${MIN_VERSION}`,
    'X-OpenStack-Ironic-API-Maximum-Version': `1.${MAX_VERSION}`,
    [VERSION_HEADER]: `1.${version}`,
  };
}

const RANGE = `The supported version range is: [1.${MIN_VERSION}, 1.${MAX_VERSION}].`;

/**
 * The minor version that a request asks for: `1.n` or `latest`; none means the oldest (Ironic: 1.1).
 * @throws BareMetalError `NotAcceptable`
 */
export function negotiateVersion(header: string | undefined): number {
  if (header === undefined || header === '') return MIN_VERSION;
  if (header.toLowerCase() === 'latest') return MAX_VERSION;
  const [, major, minor] = /^(\d{1,9})\.(\d{1,9})$/.exec(header.trim()) ?? [];
  if (major === undefined) throw new BareMetalError('NotAcceptable', `Invalid value for ${VERSION_HEADER} header`);
  if (major !== '1') {
    throw new BareMetalError(
      'NotAcceptable',
      `Mutually exclusive versions requested. Version ${header} requested but not supported by this service. ${RANGE}`,
    );
  }
  const version = Number(minor);
  if (version >= MIN_VERSION && version <= MAX_VERSION) return version;
  throw new BareMetalError(
    'NotAcceptable',
    `Version ${header} was requested but the minor version is not supported by this service. ${RANGE}`,
  );
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
