import { CC } from '../codec/completion-codes.ts';
import type { getChannelAccess } from '../commands/get-channel-access.ts';
import type { setChannelAccess } from '../commands/set-channel-access.ts';
import { CompletionError } from './completion-error.ts';

type Access = ReturnType<typeof getChannelAccess.response.read>;
type Change = ReturnType<typeof setChannelAccess.request.read>;

const ADMINISTRATOR = 4;
const MODE_NOT_SUPPORTED = 0x83;
/** A LAN channel is there always, or not at all. */
const MODES: ReadonlySet<string> = new Set(['disabled', 'always']);
/** Copies that a request names. */
type Copy = 'non-volatile' | 'present';

const isCopy = (name: string): name is Copy => name === 'non-volatile' || name === 'present';

/** Access to the LAN channel (IPMI v2.0 §22.22): a present copy that acts, and one that outlasts a reset of the BMC. */
export class ChannelAccess {
  readonly #copies: Record<Copy, Access> = { 'non-volatile': initial(), present: initial() };

  /** @throws CompletionError CCh for a copy that there is not */
  get(copy: string): Access {
    if (!isCopy(copy)) throw new CompletionError(CC.invalidData);
    return this.#copies[copy];
  }

  /** @throws CompletionError 83h for modes that a LAN does not have, CCh for privilege 0 */
  set({ change, changePrivilege, mode, privilege, ...bits }: Change): void {
    if (isCopy(change)) {
      if (!MODES.has(mode)) throw new CompletionError(MODE_NOT_SUPPORTED);
      const { alertingDisabled, perMessageAuthDisabled, userAuthDisabled } = bits;
      Object.assign(this.#copies[change], { alertingDisabled, perMessageAuthDisabled, userAuthDisabled, mode });
    }
    if (isCopy(changePrivilege)) {
      if (privilege === 0) throw new CompletionError(CC.invalidData);
      Object.assign(this.#copies[changePrivilege], { privilege });
    }
  }

  /** After a reset the copy that outlasts it is the present one. */
  reset(): void {
    this.#copies.present = { ...this.#copies['non-volatile'] };
  }

  /** Highest privilege of a session on the channel. */
  get limit(): number {
    return this.#copies.present.privilege;
  }

  /** False while the channel opens no sessions. */
  get isOpen(): boolean {
    return this.#copies.present.mode !== 'disabled';
  }
}

function initial(): Access {
  return {
    alertingDisabled: true,
    perMessageAuthDisabled: false,
    userAuthDisabled: false,
    mode: 'always',
    privilege: ADMINISTRATOR,
  };
}
