import { IpmiError } from '../errors.ts';
import { privilegeNumber } from '../commands/command.ts';
import type { Privilege } from '../commands/command.ts';
import { paddedSecret, wipe } from './keys.ts';

const USER_NAME_LIMIT = 16;
const NAME_ONLY_LOOKUP = 0b0001_0000;

/** What a user gives to log in. */
export interface CredentialOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly kg?: string | Uint8Array | undefined;
  readonly privilege?: Privilege | undefined;
  readonly nameOnlyLookup?: boolean | undefined;
  readonly padUsername?: boolean | undefined;
  readonly hashOpenSessionPrivilege?: boolean | undefined;
}

/** Credentials in wire form; secrets live here only and are zeroed by {@link Credentials.destroy}. */
export class Credentials {
  readonly userName: Buffer;
  /** Password padded to 20 bytes. */
  readonly kuid: Buffer;
  /** Kg, or the password when no Kg is set; padded to 20 bytes. */
  readonly kg: Buffer;
  /** Highest level to ask for. */
  readonly privilege: number;
  /** Role byte of RAKP 1. */
  readonly role: number;
  /** Role byte that goes into the hashes; differs on boards that hash Open Session's privilege. */
  readonly hashedRole: number;
  /** Privilege asked for in Open Session. */
  readonly openPrivilege: number;

  /** @throws IpmiError `IpmiInvalidArgument` for a name over 16 bytes or a secret over 20. */
  constructor(options: CredentialOptions) {
    const name = Buffer.from(options.username ?? '', 'utf8');
    if (name.length > USER_NAME_LIMIT) {
      throw invalid(`user name "${options.username}" has ${name.length} bytes; IPMI allows ${USER_NAME_LIMIT}`);
    }
    this.userName = options.padUsername === true ? Buffer.concat([name], USER_NAME_LIMIT) : name;
    this.kuid = secret(options.password ?? '', 'password');
    const kg = options.kg === undefined || options.kg.length === 0 ? undefined : options.kg;
    this.kg = kg === undefined ? Buffer.from(this.kuid) : secret(kg, 'Kg');
    this.privilege = privilegeNumber(options.privilege ?? 'administrator');
    this.role = this.privilege | ((options.nameOnlyLookup ?? true) ? NAME_ONLY_LOOKUP : 0);
    const quirk = options.hashOpenSessionPrivilege ?? false;
    this.openPrivilege = quirk ? this.privilege : 0;
    this.hashedRole = quirk ? this.openPrivilege : this.role;
  }

  destroy(): void {
    wipe(this.kuid, this.kg);
  }
}

const invalid = (message: string, cause?: unknown): IpmiError =>
  new IpmiError('IpmiInvalidArgument', message, { cause });

function secret(value: string | Uint8Array, what: string): Buffer {
  try {
    return paddedSecret(value, what);
  } catch (error) {
    throw invalid((error as Error).message, error);
  }
}
