import { BareMetalError } from '../../domain/errors.ts';
import { identityUrl, passwordLogin, type KeystoneAccount } from './keystone-account.ts';
import { TokenBody, type Token } from './token.ts';

/** Asks Keystone, as the service account. */
export interface KeystoneSession {
  /**
   * What a token says, or undefined when it is not (or not any more) valid.
   * @param expired takes tokens that expired a while ago too, for a request that a service carries on with
   * @throws BareMetalError `ServiceUnavailable`
   */
  validate(token: string, options: { expired: boolean }): Promise<Token | undefined>;
}

const TIMEOUT_MS = 10_000;
// A token that ends while a request is on its way would be refused.
const RENEW_BEFORE_MS = 30_000;

/** Opens a session; its own token is fetched when it is first needed, and again when it ends or is revoked. */
export function openKeystoneSession(account: KeystoneAccount): KeystoneSession {
  const base = identityUrl(account);
  let own: Promise<OwnToken> | undefined;
  let renewAtMs = 0;
  const logIn = (): Promise<OwnToken> => {
    const attempt = authenticate(base, account);
    own = attempt;
    // Whoever comes while it is on its way waits for it.
    renewAtMs = Number.POSITIVE_INFINITY;
    attempt.then(
      ({ endsMs }) => (renewAtMs = endsMs - RENEW_BEFORE_MS),
      () => (renewAtMs = 0),
    );
    return attempt;
  };
  const ownToken = async (): Promise<string> =>
    (await (own !== undefined && renewAtMs > Date.now() ? own : logIn())).text;
  const ask = async (token: string, expired: boolean): Promise<Response> =>
    await send(`${base}/auth/tokens?nocatalog=1${expired ? '&allow_expired=1' : ''}`, {
      headers: { 'X-Auth-Token': await ownToken(), 'X-Subject-Token': token },
    });
  return {
    async validate(token, { expired }) {
      let answer = await ask(token, expired);
      if (answer.status === 401) {
        renewAtMs = 0;
        answer = await ask(token, expired);
      }
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw refused('validate tokens', answer.status, account);
      return TokenBody.parse(await answer.json()).token;
    },
  };
}

interface OwnToken {
  readonly text: string;
  readonly endsMs: number;
}

async function authenticate(base: string, account: KeystoneAccount): Promise<OwnToken> {
  const answer = await send(`${base}/auth/tokens?nocatalog=1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: passwordLogin(account),
  });
  const text = answer.headers.get('X-Subject-Token');
  if (answer.status !== 201 || text === null) throw refused('log in', answer.status, account);
  return { text, endsMs: Date.parse(TokenBody.parse(await answer.json()).token.expires_at) };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const ask = (): Promise<Response> => fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  try {
    // A kept connection may be closed by the other side just as it is used again; both requests may be sent twice.
    return await ask().catch(ask);
  } catch (error) {
    throw new BareMetalError('ServiceUnavailable', 'The Keystone service is temporarily unavailable.', {
      cause: error,
    });
  }
}

function refused(what: string, status: number, { username, project, authUrl }: KeystoneAccount): BareMetalError {
  const cause = new Error(
    `Keystone at ${authUrl} answered ${status} when "${username}" of the project "${project}" wanted to ${what}; ` +
      'see its password and roles (docs/access.md)',
  );
  return new BareMetalError('ServiceUnavailable', 'The Keystone service is temporarily unavailable.', { cause });
}
