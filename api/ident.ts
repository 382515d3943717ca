import { BareMetalError } from '../domain/errors.ts';

const UNRESERVED = /^[A-Za-z0-9\-._~]{1,255}$/;

/**
 * The uuid or name that a path names; what can be neither is a bad request, not something that isn't there.
 * @throws BareMetalError `InvalidParameterValue`
 */
export function identOf(params: Readonly<Record<string, string>>, name: string): string {
  const ident = params[name] ?? '';
  if (UNRESERVED.test(ident)) return ident;
  throw new BareMetalError('InvalidParameterValue', `Expected UUID or name for ${name}: ${ident}`);
}
