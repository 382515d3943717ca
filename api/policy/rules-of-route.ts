import type { RuleName } from '../../domain/policy/rules.ts';
import type { Route } from '../route.ts';

/** The rules that a route may ask before it runs; none where it is open to everybody. */
export function rulesOfRoute({ access }: Pick<Route, 'access'>): readonly RuleName[] {
  if (access === undefined) return [];
  if (typeof access === 'string') return [access];
  if ('wanted' in access) return access.among;
  if ('anyOf' in access) return access.anyOf;
  if ('orPublic' in access) return [access.orPublic];
  return [`baremetal:${access.list}:list_all`, `baremetal:${access.list}:list`];
}
