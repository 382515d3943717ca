import type { IncomingHttpHeaders } from 'node:http';
import { BareMetalError } from '../../domain/errors.ts';
import { callerOfToken, type Token } from './token.ts';
import type { Authenticator } from './caller.ts';
import type { KeystoneSession } from './keystone-session.ts';
import { createTokenCache } from './token-cache.ts';

/** How tokens are judged. */
export interface KeystoneRules {
  /** Where clients get tokens: shown with a refusal. */
  readonly publicUrl: string;
  readonly cacheMs: number;
  /** A service token counts with one of these roles only. */
  readonly serviceRoles: readonly string[];
}

const MAX_TOKENS = 10_000;
const UNAUTHENTICATED = 'The request you have made requires authentication.';

/**
 * Authentication by Keystone's tokens, with the meaning of keystonemiddleware: X-Auth-Token says who asks, and with an
 * X-Service-Token of a service the former may have expired on its way.
 */
export function authenticateByKeystone(session: KeystoneSession, rules: KeystoneRules): Authenticator {
  const limits = { forMs: rules.cacheMs, most: MAX_TOKENS };
  const fresh = createTokenCache<Token | undefined>(limits);
  const expired = createTokenCache<Token | undefined>(limits);
  const validate = async (text: string): Promise<Token> => {
    const token = await fresh.get(text, () => session.validate(text, { expired: false }));
    if (token !== undefined && Date.parse(token.expires_at) > Date.now()) return token;
    throw new BareMetalError('NotAuthorized', UNAUTHENTICATED);
  };
  const validateForService = async (text: string): Promise<Token> => {
    const token = await expired.get(text, () => session.validate(text, { expired: true }));
    if (token !== undefined) return token;
    throw new BareMetalError('NotAuthorized', UNAUTHENTICATED);
  };
  return {
    challenge: `Keystone uri="${rules.publicUrl}"`,
    refusal: (message) => ({ error: { code: 401, title: 'Unauthorized', message } }),
    async identify(headers) {
      const user = headerOf(headers, 'x-auth-token');
      if (user === undefined) throw new BareMetalError('NotAuthorized', UNAUTHENTICATED);
      const service = headerOf(headers, 'x-service-token');
      if (service === undefined) return callerOfToken(await validate(user), undefined);
      const serviceToken = await validate(service);
      if (!serviceToken.roles.some(({ name }) => rules.serviceRoles.includes(name))) {
        throw new BareMetalError('NotAuthorized', UNAUTHENTICATED);
      }
      return callerOfToken(await validateForService(user), serviceToken);
    },
  };
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
