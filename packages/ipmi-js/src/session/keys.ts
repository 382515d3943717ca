import { authHmac, rakp4Length } from './algorithms.ts';

/** Everything that both sides hash while a session is opened (IPMI v2.0 §13.20–13.23). */
export interface RakpFacts {
  readonly auth: number;
  readonly consoleSessionId: number;
  readonly bmcSessionId: number;
  readonly consoleRandom: Uint8Array;
  readonly bmcRandom: Uint8Array;
  readonly guid: Uint8Array;
  /** The role byte exactly as RAKP 1 carried it. */
  readonly role: number;
  readonly userName: Uint8Array;
}

/** Session keys; zero them with {@link wipe}. */
export interface SessionKeys {
  readonly sik: Buffer;
  readonly k1: Buffer;
  /** Full digest; AES uses the first 16 bytes. */
  readonly k2: Buffer;
}

const KEY_LENGTH = 20;
/** K1 and K2 hash 20 bytes of 01h and 02h whatever the algorithm (IPMI v2.0 §13.32). */
const CONSTANT_1 = Buffer.alloc(KEY_LENGTH, 1);
const CONSTANT_2 = Buffer.alloc(KEY_LENGTH, 2);

const le32 = (value: number): Buffer => {
  const out = Buffer.allocUnsafe(4);
  out.writeUInt32LE(value);
  return out;
};

const roleAndName = (facts: RakpFacts): Buffer =>
  Buffer.concat([Uint8Array.of(facts.role, facts.userName.length), facts.userName]);

/** Key Exchange AuthCode of RAKP 2, keyed by the user's password. */
export const rakp2Code = (facts: RakpFacts, kuid: Uint8Array): Buffer =>
  authHmac(
    facts.auth,
    kuid,
    Buffer.concat([
      le32(facts.consoleSessionId),
      le32(facts.bmcSessionId),
      facts.consoleRandom,
      facts.bmcRandom,
      facts.guid,
      roleAndName(facts),
    ]),
  );

/** Key Exchange AuthCode of RAKP 3, keyed by the user's password. */
export const rakp3Code = (facts: RakpFacts, kuid: Uint8Array): Buffer =>
  authHmac(facts.auth, kuid, Buffer.concat([facts.bmcRandom, le32(facts.consoleSessionId), roleAndName(facts)]));

/** Integrity check value of RAKP 4, keyed by SIK. */
export const rakp4Code = (facts: RakpFacts, sik: Uint8Array): Buffer =>
  authHmac(facts.auth, sik, Buffer.concat([facts.consoleRandom, le32(facts.bmcSessionId), facts.guid])).subarray(
    0,
    rakp4Length(facts.auth),
  );

/** SIK, K1 and K2 (IPMI v2.0 §13.31, §13.32). `kg` is the BMC key, or the user's password when none is set. */
export function deriveKeys(facts: RakpFacts, kg: Uint8Array): SessionKeys {
  const sik = authHmac(facts.auth, kg, Buffer.concat([facts.consoleRandom, facts.bmcRandom, roleAndName(facts)]));
  return { sik, k1: authHmac(facts.auth, sik, CONSTANT_1), k2: authHmac(facts.auth, sik, CONSTANT_2) };
}

/** Overwrites keys. */
export function wipe(...secrets: Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

/**
 * A password or Kg padded with 00h to 20 bytes.
 * @throws RangeError when longer: silently cutting it would make a different secret.
 */
export function paddedSecret(secret: string | Uint8Array, what: string): Buffer {
  const raw = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : Buffer.from(secret);
  if (raw.length > KEY_LENGTH) {
    throw new RangeError(`${what} has ${raw.length} bytes; IPMI 2.0 allows ${KEY_LENGTH}`);
  }
  const out = Buffer.alloc(KEY_LENGTH);
  out.set(raw);
  wipe(raw);
  return out;
}
