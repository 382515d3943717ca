import { BareMetalError } from '../../domain/errors.ts';
import { scopeOf } from '../../domain/policy/policy.ts';
import type { Caller } from '../auth/caller.ts';

/** Whether what the caller makes belongs to a project; the system, and callers without a policy, give it to whom they like. */
export function actsForProject({ credentials }: Caller): boolean {
  return credentials !== null && scopeOf(credentials) !== 'system';
}

/**
 * The owner of something new: whom the caller names, or the caller's project and no other.
 * @param word what it is, for the message
 * @throws BareMetalError `InvalidParameterValue`
 */
export function ownerOfNew(asked: string | null, caller: Caller, word: string): string | null {
  if (!actsForProject(caller)) return asked;
  if (asked === null || asked === caller.projectId) return caller.projectId;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Cannot create a ${word} as a project scoped admin with an owner other than your own project.`,
  );
}
