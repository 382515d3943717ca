import { BareMetalError } from '../domain/errors.ts';

/** Ironic's words for what a driver doesn't have. */
export function unsupported(driver: string, extension: string): BareMetalError {
  return new BareMetalError(
    'UnsupportedDriverExtension',
    `Driver ${driver} does not support ${extension} (disabled or not implemented).`,
  );
}
