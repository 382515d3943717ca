import { IpmiError } from '../errors.ts';
import { privilegeName, privilegeNumber } from '../commands/command.ts';
import type { Privilege } from '../commands/command.ts';
import { getUserAccess } from '../commands/get-user-access.ts';
import { getUserName } from '../commands/get-user-name.ts';
import { setUserAccess } from '../commands/set-user-access.ts';
import { setUserName } from '../commands/set-user-name.ts';
import { setUserPassword } from '../commands/set-user-password.ts';
import { setUserPayloadAccess } from '../commands/set-user-payload-access.ts';
import { paddedSecret, wipe } from '../session/keys.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CallOptions } from './options.ts';

/** A user slot of a BMC. */
export interface BmcUser {
  readonly id: number;
  readonly name: string;
  /** Undefined when the BMC does not say. */
  readonly enabled: boolean | undefined;
  /** Undefined means no access. */
  readonly privilege: Privilege | undefined;
  readonly linkAuth: boolean;
  readonly messaging: boolean;
}

const STATUS = { enabled: true, disabled: false, unspecified: undefined } as const;
const PASSWORD_LENGTHS = [16, 20] as const;
const NO_ACCESS = 0x0f;

/** User accounts of one BMC (IPMI v2.0 §22.26–22.30). */
export class Users {
  readonly #runner: CommandRunner;

  constructor(runner: CommandRunner) {
    this.#runner = runner;
  }

  /** All slots, empty ones included. */
  async list(options: CallOptions & { channel?: number } = {}): Promise<BmcUser[]> {
    const users: BmcUser[] = [];
    let maxUsers = 1;
    for (let id = 1; id <= maxUsers; id++) {
      const access = await this.#access(id, options);
      maxUsers = Math.max(maxUsers, access.maxUsers);
      users.push({
        id,
        name: await this.#name(id, options),
        enabled: STATUS[access.status as keyof typeof STATUS],
        privilege: privilegeName(access.privilege),
        linkAuth: access.linkAuth,
        messaging: access.messaging,
      });
    }
    return users;
  }

  async setName(userId: number, name: string, options?: CallOptions): Promise<void> {
    if (Buffer.byteLength(name) > 16) {
      throw new IpmiError('IpmiInvalidArgument', `user name "${name}" is longer than 16 bytes`);
    }
    await this.#runner.command(setUserName, { userId, name }, options);
  }

  /** @param size slot size of the BMC; 20 unless it only takes 16. @throws IpmiError `IpmiInvalidArgument` when longer. */
  async setPassword(
    userId: number,
    password: string,
    { size = 20, ...options }: CallOptions & { size?: 16 | 20 } = {},
  ): Promise<void> {
    await this.#password({ userId, operation: 'set', password, size }, options);
  }

  /** True when the password is the user's, whichever slot size it was set with. */
  async testPassword(userId: number, password: string, options: CallOptions = {}): Promise<boolean> {
    for (const size of PASSWORD_LENGTHS) {
      if (Buffer.byteLength(password) > size) continue;
      try {
        await this.#password({ userId, operation: 'test', password, size }, options);
        return true;
      } catch (error) {
        if (!(error instanceof IpmiError) || error.code !== 'IpmiCompletion') throw error;
      }
    }
    return false;
  }

  async enable(userId: number, options?: CallOptions): Promise<void> {
    const request = { twentyBytes: false, userId, operation: 'enable', password: new Uint8Array() } as const;
    await this.#runner.command(setUserPassword, request, options);
  }

  async disable(userId: number, options?: CallOptions): Promise<void> {
    const request = { twentyBytes: false, userId, operation: 'disable', password: new Uint8Array() } as const;
    await this.#runner.command(setUserPassword, request, options);
  }

  /** Sets a user's privilege on a channel; undefined takes all access away. */
  async setPrivilege(
    userId: number,
    privilege: Privilege | undefined,
    { channel = 1, ...options }: CallOptions & { channel?: number } = {},
  ): Promise<void> {
    const { callbackOnly, linkAuth } = await this.#access(userId, { channel, ...options });
    await this.#runner.command(
      setUserAccess,
      {
        change: true,
        callbackOnly,
        linkAuth,
        messaging: privilege !== undefined,
        channel,
        userId,
        privilege: privilege === undefined ? NO_ACCESS : privilegeNumber(privilege),
      },
      options,
    );
  }

  /** Allows or forbids serial over LAN. */
  async setSolAccess(
    userId: number,
    allowed: boolean,
    { channel = 1, ...options }: CallOptions & { channel?: number } = {},
  ): Promise<void> {
    const operation = allowed ? 'enable' : 'disable';
    await this.#runner.command(setUserPayloadAccess, { channel, userId, operation, sol: true, oem: 0 }, options);
  }

  #access(
    userId: number,
    { channel = 1, ...options }: CallOptions & { channel?: number } = {},
  ): Promise<ReturnType<typeof getUserAccess.response.read>> {
    return this.#runner.command(getUserAccess, { channel, userId }, options);
  }

  /** BMCs answer an error for slots that were never used. */
  async #name(userId: number, options: CallOptions): Promise<string> {
    try {
      return (await this.#runner.command(getUserName, { userId }, options)).name;
    } catch (error) {
      if (error instanceof IpmiError && error.completionCode !== undefined) return '';
      throw error;
    }
  }

  async #password(
    change: { userId: number; operation: 'set' | 'test'; password: string; size: 16 | 20 },
    options: CallOptions,
  ): Promise<void> {
    const { userId, operation, password, size } = change;
    if (Buffer.byteLength(password) > size) {
      throw new IpmiError('IpmiInvalidArgument', `the password is longer than ${size} bytes`);
    }
    const padded = paddedSecret(password, 'password');
    try {
      const request = { twentyBytes: size === 20, userId, operation, password: padded.subarray(0, size) };
      await this.#runner.command(setUserPassword, request, options);
    } finally {
      wipe(padded);
    }
  }
}
