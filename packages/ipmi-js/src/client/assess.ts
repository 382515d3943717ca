import { CIPHER_SUITES, CONFIDENTIALITY, INTEGRITY } from '../codec/cipher-suites.ts';
import type { SuiteRecord } from '../codec/cipher-suites.ts';
import { IpmiError } from '../errors.ts';
import type { Call } from '../session/call.ts';
import { discoverAuth, discoverSuites, pingRmcp } from './discovery.ts';
import type { AuthCapabilities, DiscoveryPath } from './discovery.ts';

/** One weakness of a BMC. */
export interface Finding {
  readonly id:
    | 'cipher-suite-0'
    | 'suites-without-encryption'
    | 'suites-without-integrity'
    | 'ipmi-1.5-no-authentication'
    | 'ipmi-1.5-clear-password'
    | 'anonymous-login'
    | 'null-users'
    | 'no-per-message-authentication'
    | 'no-user-level-authentication'
    | 'default-credentials';
  readonly severity: 'critical' | 'high' | 'medium';
  readonly text: string;
}

/** A user name and password to try. */
export interface CredentialPair {
  readonly username: string;
  readonly password: string;
}

/** What a BMC tells anybody who asks, and what is wrong with it. */
export interface Assessment {
  readonly bmc: string;
  readonly answersPing: boolean;
  readonly ipmi20: boolean;
  /** Suites as listed; undefined when the BMC lists none. */
  readonly cipherSuites: readonly SuiteRecord[] | undefined;
  readonly auth: AuthCapabilities | undefined;
  readonly findings: readonly Finding[];
}

/** Factory credentials of widespread BMCs, tried only when asked for. */
export const DEFAULT_CREDENTIALS: readonly CredentialPair[] = [
  { username: 'ADMIN', password: 'ADMIN' },
  { username: 'root', password: 'calvin' },
  { username: 'root', password: '0penBmc' },
  { username: 'USERID', password: 'PASSW0RD' },
  { username: 'admin', password: 'admin' },
  { username: 'admin', password: 'password' },
  { username: 'root', password: 'root' },
  { username: 'root', password: 'changeme' },
];

const finding = (id: Finding['id'], severity: Finding['severity'], text: string): Finding => ({ id, severity, text });

type Check = (auth: AuthCapabilities) => Finding | false;

const AUTH_CHECKS: readonly Check[] = [
  (auth) => auth.none && finding('ipmi-1.5-no-authentication', 'critical', 'IPMI 1.5 sessions need no password'),
  (auth) =>
    auth.straightPassword &&
    finding('ipmi-1.5-clear-password', 'high', 'IPMI 1.5 sessions may send the password in clear'),
  (auth) =>
    auth.anonymousLogin && finding('anonymous-login', 'critical', 'a user without name and password is enabled'),
  (auth) => auth.nullUsers && finding('null-users', 'high', 'a user without a name is enabled'),
  (auth) =>
    auth.perMessageAuthDisabled &&
    finding('no-per-message-authentication', 'medium', 'IPMI 1.5 packets are not authenticated after login'),
  (auth) =>
    auth.userLevelAuthDisabled &&
    finding('no-user-level-authentication', 'medium', 'IPMI 1.5 user-level commands need no authentication'),
];

function suiteFindings(records: readonly SuiteRecord[]): Finding[] {
  const ids = (matching: (record: SuiteRecord) => boolean): string =>
    records
      .filter((record) => record.oem === undefined && record.id !== 0 && matching(record))
      .map(({ id }) => id)
      .join(', ');
  const only = (list: readonly number[], none: number): boolean => list.every((algorithm) => algorithm === none);
  const clear = ids(({ confidentiality }) => only(confidentiality, CONFIDENTIALITY.none));
  const open = ids(({ integrity }) => only(integrity, INTEGRITY.none));
  const zero = records.some(({ id, auth }) => id === 0 || auth === 0);
  return [
    ...(zero ? [finding('cipher-suite-0', 'critical', 'cipher suite 0 is offered: any password is accepted')] : []),
    ...(clear === '' ? [] : [finding('suites-without-encryption', 'medium', `suites without encryption: ${clear}`)]),
    ...(open === '' ? [] : [finding('suites-without-integrity', 'high', `suites without integrity: ${open}`)]),
  ];
}

/** What the assessment of one BMC needs. */
export interface AssessOptions {
  readonly bmc: string;
  readonly path: DiscoveryPath;
  readonly call: Call;
  /** Logs in and out again; rejects when refused. */
  readonly login: (pair: CredentialPair) => Promise<void>;
  readonly credentials: readonly CredentialPair[];
}

/**
 * Asks a BMC what it offers before any login and names the weaknesses. Credentials are tried only
 * when some are given; wrong ones may lock accounts on BMCs with a bad-password limit.
 */
export async function assess({ bmc, path, call, login, credentials }: AssessOptions): Promise<Assessment> {
  const answersPing = await pingRmcp(path, call);
  const auth = await discoverAuth(path, call);
  const cipherSuites = await discoverSuites(path, call);
  const findings = auth === undefined ? [] : AUTH_CHECKS.map((check) => check(auth)).filter((one) => one !== false);
  findings.push(...suiteFindings(cipherSuites ?? []));
  for (const pair of credentials) {
    if (await accepts(login, pair)) {
      findings.push(finding('default-credentials', 'critical', `user "${pair.username}" has a well-known password`));
    }
  }
  const ipmi20 = auth?.ipmi20 === true || (cipherSuites?.some(({ id }) => CIPHER_SUITES.has(id)) ?? false);
  return { bmc, answersPing, ipmi20, cipherSuites, auth, findings };
}

async function accepts(login: AssessOptions['login'], pair: CredentialPair): Promise<boolean> {
  try {
    await login(pair);
    return true;
  } catch (error) {
    if (error instanceof IpmiError && (error.code === 'IpmiAuthentication' || error.code === 'IpmiPrivilege'))
      return false;
    throw error;
  }
}
