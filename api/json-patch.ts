import { applyPatch } from 'rfc6902';
import { BareMetalError } from '../domain/errors.ts';

interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** The root field that a patch path is about. */
export function rootOf(path: string): string {
  return unescape(path.split('/')[1] ?? '');
}

function unescape(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/**
 * Applies a JSON patch (RFC 6902) to a copy of `document`. Root fields are fixed: they can be set and removed,
 * and removing one leaves it out of the result, so that its default applies.
 * @param allowed the root fields that may be patched
 * @throws BareMetalError `InvalidParameterValue`
 */
export function patchDocument(
  document: Readonly<Record<string, unknown>>,
  patch: readonly PatchOperation[],
  allowed: readonly string[],
): Record<string, unknown> {
  const copy = structuredClone(document) as Record<string, unknown>;
  for (const operation of patch) {
    checkAllowed(operation.path, allowed);
    applyOne(copy, operation);
  }
  return copy;
}

function checkAllowed(path: string, allowed: readonly string[]): void {
  if (allowed.includes(rootOf(path))) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Cannot patch ${path}. Only the following can be updated: ${allowed.join(', ')}`,
  );
}

function applyOne(document: Record<string, unknown>, operation: PatchOperation): void {
  const { op, path, value } = operation;
  if (op !== 'remove' && value === undefined) {
    throw new BareMetalError('InvalidParameterValue', `The operation ${op} on ${path} needs a value.`);
  }
  // Ironic's clients replace root fields that were removed or never set.
  const isRoot = path.indexOf('/', 1) === -1;
  const effective = isRoot && op === 'replace' ? 'add' : op;
  const [failure] = applyPatch(document, [
    effective === 'remove' ? { op: effective, path } : { op: effective, path, value },
  ]);
  if (failure === null || failure === undefined) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Couldn't apply patch '${op} ${path}'. Reason: ${failure.name === 'MissingError' ? 'there is no such field' : failure.message}`,
  );
}
