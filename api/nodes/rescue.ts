import { deleteRescuePassword, putRescuePassword } from '../../db/rescue-passwords.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { startOperation } from '../operations.ts';
import type { RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupported } from '../unsupported.ts';
import { cryptHash } from './crypt-hash.ts';

/** What crypt(3) takes in libxcrypt (CRYPT_MAX_PASSPHRASE_SIZE); the time that hashing takes grows with its square. */
const LONGEST_PASSWORD = 512;

/**
 * Starts a rescue. Of the password only the hash is kept, in PostgreSQL, until the rescue system has it.
 * @throws BareMetalError `InvalidParameterValue` without a password that can be hashed, `UnsupportedDriverExtension`, and what the start throws
 */
export async function startRescue(
  tools: Tools,
  { node, password }: { readonly node: Node; readonly password: string | undefined },
  context: RequestContext,
): Promise<void> {
  if (password === undefined || password.trim() === '') {
    throw new BareMetalError(
      'InvalidParameterValue',
      'A non-empty "rescue_password" is required when setting target provision state to rescue',
    );
  }
  if (Buffer.byteLength(password, 'utf8') > LONGEST_PASSWORD) {
    throw new BareMetalError('InvalidParameterValue', `A rescue_password has at most ${LONGEST_PASSWORD} bytes`);
  }
  requireRescueInterface(node);
  const key = { nodeUuid: node.uuid, requestId: context.requestId };
  await putRescuePassword(tools.db, { ...key, hash: cryptHash(password) });
  try {
    await startOperation(tools, { node, verb: 'rescue', args: {} }, context);
  } catch (error) {
    await deleteRescuePassword(tools.db, key);
    throw error;
  }
}

/** Refuses rescue and unrescue of a node that has no rescue interface. */
export function requireRescueInterface({ driver, interfaces }: Node): void {
  if (interfaces.rescue === 'no-rescue') throw unsupported(driver, 'rescue');
}
