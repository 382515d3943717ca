import { privilegeNumber } from '../commands/command.ts';
import { paddedSecret, wipe } from '../session/keys.ts';
import type { VirtualUser } from './options.ts';

/** User slots of the virtual BMC. */
export const USER_SLOTS = 16;

/** One slot of the user table, as the user commands change it. */
export interface Account {
  readonly id: number;
  name: string;
  /** Padded to 20 bytes. */
  password: Buffer;
  privilege: number;
  enabled: boolean;
  sol: boolean;
  linkAuth: boolean;
  messaging: boolean;
}

/** The user table: id 1 is the null user, the configured users follow. */
export class UserTable {
  readonly #accounts: Account[] = [];

  constructor(users: readonly VirtualUser[]) {
    for (let id = 1; id <= USER_SLOTS; id++) this.#accounts.push(account(id, users[id - 2]));
  }

  get(id: number): Account | undefined {
    return this.#accounts[id - 1];
  }

  /** The enabled account with a name; the first one when several share it. */
  byName(name: Uint8Array): Account | undefined {
    const wanted = Buffer.from(name).toString('utf8');
    return this.#accounts.find((one) => one.enabled && one.name === wanted);
  }

  get enabledCount(): number {
    return this.#accounts.filter(({ enabled }) => enabled).length;
  }

  get hasNullUser(): boolean {
    return this.#accounts.some(({ enabled, name }) => enabled && name === '');
  }

  wipe(): void {
    for (const { password } of this.#accounts) wipe(password);
  }
}

const NO_ACCESS = 0x0f;

/** True for accounts that may open sessions on the channel (IPMI v2.0 §22.26). */
export const hasAccess = ({ messaging, privilege }: Account): boolean => messaging && privilege !== NO_ACCESS;

function account(id: number, user: VirtualUser | undefined): Account {
  const base = { id, linkAuth: true, messaging: user !== undefined };
  if (user === undefined) {
    return { ...base, name: '', password: Buffer.alloc(20), privilege: NO_ACCESS, enabled: false, sol: false };
  }
  return {
    ...base,
    name: user.name,
    password: paddedSecret(user.password, `password of user "${user.name}"`),
    privilege: privilegeNumber(user.privilege ?? 'administrator'),
    enabled: user.enabled ?? true,
    sol: user.sol ?? true,
  };
}
