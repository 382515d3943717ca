/** Authentication algorithm numbers (IPMI v2.0 table 13-17). */
export const AUTH = { none: 0, sha1: 1, md5: 2, sha256: 3 } as const;
/** Integrity algorithm numbers (IPMI v2.0 table 13-18). */
export const INTEGRITY = { none: 0, sha1: 1, hmacMd5: 2, md5: 3, sha256: 4 } as const;
/** Confidentiality algorithm numbers (IPMI v2.0 table 13-19). */
export const CONFIDENTIALITY = { none: 0, aes: 1, xrc4x128: 2, xrc4x40: 3 } as const;

/** The three algorithms that a suite id stands for. */
export interface CipherSuite {
  readonly id: number;
  readonly auth: number;
  readonly integrity: number;
  readonly confidentiality: number;
}

const suite = (id: number, auth: number, integrity: number, confidentiality: number): CipherSuite => ({
  id,
  auth,
  integrity,
  confidentiality,
});

/** Standard suites that this library speaks (IPMI v2.0 table 22-20); xRC4 (4, 5, 9, 10, 13, 14) is left out. */
export const CIPHER_SUITES: ReadonlyMap<number, CipherSuite> = new Map(
  [
    suite(0, AUTH.none, INTEGRITY.none, CONFIDENTIALITY.none),
    suite(1, AUTH.sha1, INTEGRITY.none, CONFIDENTIALITY.none),
    suite(2, AUTH.sha1, INTEGRITY.sha1, CONFIDENTIALITY.none),
    suite(3, AUTH.sha1, INTEGRITY.sha1, CONFIDENTIALITY.aes),
    suite(6, AUTH.md5, INTEGRITY.none, CONFIDENTIALITY.none),
    suite(7, AUTH.md5, INTEGRITY.hmacMd5, CONFIDENTIALITY.none),
    suite(8, AUTH.md5, INTEGRITY.hmacMd5, CONFIDENTIALITY.aes),
    suite(11, AUTH.md5, INTEGRITY.md5, CONFIDENTIALITY.none),
    suite(12, AUTH.md5, INTEGRITY.md5, CONFIDENTIALITY.aes),
    suite(15, AUTH.sha256, INTEGRITY.none, CONFIDENTIALITY.none),
    suite(16, AUTH.sha256, INTEGRITY.sha256, CONFIDENTIALITY.none),
    suite(17, AUTH.sha256, INTEGRITY.sha256, CONFIDENTIALITY.aes),
  ].map((entry) => [entry.id, entry]),
);

/** Suites used when nobody names any, best first. */
export const DEFAULT_SUITES: readonly number[] = [17, 3];

/** A cipher suite record as a BMC lists it, OEM records included (IPMI v2.0 table 22-18). */
export interface SuiteRecord {
  readonly id: number;
  /** IANA enterprise number for OEM records. */
  readonly oem?: number;
  readonly auth: number;
  readonly integrity: readonly number[];
  readonly confidentiality: readonly number[];
}

const STANDARD = 0xc0;
const OEM = 0xc1;
/** Bytes before the algorithm tags of each kind of record. */
const HEADS: Readonly<Record<number, number>> = { [STANDARD]: 2, [OEM]: 5 };

/**
 * Decodes the records of Get Channel Cipher Suites (IPMI v2.0 table 22-18). Algorithms may come in
 * any order and number; bytes before the first record start and a cut OEM header are skipped.
 */
export function decodeSuiteRecords(data: Uint8Array): SuiteRecord[] {
  const records: SuiteRecord[] = [];
  let at = 0;
  while (at < data.length) {
    const head = HEADS[data[at] ?? 0] ?? 0;
    if (head === 0 || at + head > data.length) {
      at += 1;
      continue;
    }
    const body = data.subarray(at + head);
    const nextStart = body.findIndex((byte) => byte === STANDARD || byte === OEM);
    const tags = nextStart < 0 ? body : body.subarray(0, nextStart);
    records.push(suiteRecord(data.subarray(at, at + head), tags));
    at += head + tags.length;
  }
  return records;
}

function suiteRecord(head: Uint8Array, tags: Uint8Array): SuiteRecord {
  const of = (tag: number): number[] => [...tags].filter((byte) => byte >> 6 === tag).map((byte) => byte & 0x3f);
  const oem = head.length === 5 ? { oem: (head[2] ?? 0) | ((head[3] ?? 0) << 8) | ((head[4] ?? 0) << 16) } : {};
  return { id: head[1] ?? 0, ...oem, auth: of(0)[0] ?? 0, integrity: of(1), confidentiality: of(2) };
}

/** Encodes standard suites as the BMC lists them. */
export function encodeSuiteRecords(suites: readonly CipherSuite[]): Uint8Array {
  return Uint8Array.from(
    suites.flatMap((one) => [STANDARD, one.id, one.auth, 0x40 | one.integrity, 0x80 | one.confidentiality]),
  );
}

/** True when a BMC's record offers exactly these algorithms; the id alone proves nothing. */
export function offers(record: SuiteRecord, wanted: CipherSuite): boolean {
  const has = (list: readonly number[], algorithm: number): boolean =>
    list.includes(algorithm) || (algorithm === 0 && list.length === 0);
  return (
    record.oem === undefined &&
    record.auth === wanted.auth &&
    has(record.integrity, wanted.integrity) &&
    has(record.confidentiality, wanted.confidentiality)
  );
}
