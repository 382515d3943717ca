import { BareMetalError } from '../domain/errors.ts';

/** Ironic's words for what a driver doesn't have. */
export function unsupported(driver: string, extension: string): BareMetalError {
  return new BareMetalError(
    'UnsupportedDriverExtension',
    `Driver ${driver} does not support ${extension} (disabled or not implemented).`,
  );
}

/** The same of RAID: Ironic takes it for something that every driver may have, and answers 404. */
export function unsupportedRaid(driver: string): BareMetalError {
  return new BareMetalError('NotFound', unsupported(driver, 'raid').message);
}
