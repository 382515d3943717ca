import type { Logger } from 'pino';
import type { ApiConfig } from '../config.ts';
import { ANYBODY, type Authenticator } from './caller.ts';
import { authenticateByFile } from './htpasswd.ts';
import { authenticateByKeystone } from './keystone.ts';
import type { KeystoneAccount } from './keystone-account.ts';
import { openKeystoneSession } from './keystone-session.ts';

/** Nobody is asked anything. */
const NOBODY_ASKS: Authenticator = {
  challenge: 'None',
  refusal: (message) => ({ error: { message, code: 401 } }),
  identify: () => Promise.resolve(ANYBODY),
};

const STRATEGIES: Readonly<
  Record<ApiConfig['ANNEAL_AUTH_STRATEGY'], (config: ApiConfig, log: Logger) => Authenticator>
> = {
  noauth: () => NOBODY_ASKS,
  http_basic: (config, log) => authenticateByFile(config.ANNEAL_HTPASSWD_FILE ?? '', log),
  keystone: (config) =>
    authenticateByKeystone(openKeystoneSession(serviceAccount(config)), {
      publicUrl: config.ANNEAL_KEYSTONE_PUBLIC_URL ?? config.ANNEAL_KEYSTONE_URL ?? '',
      cacheMs: config.ANNEAL_KEYSTONE_CACHE_SECONDS * 1000,
      serviceRoles: config.ANNEAL_KEYSTONE_SERVICE_ROLES,
    }),
};

function serviceAccount(config: ApiConfig): KeystoneAccount {
  return {
    authUrl: config.ANNEAL_KEYSTONE_URL ?? '',
    username: config.ANNEAL_KEYSTONE_USERNAME,
    password: config.ANNEAL_KEYSTONE_PASSWORD ?? '',
    userDomain: config.ANNEAL_KEYSTONE_USER_DOMAIN,
    project: config.ANNEAL_KEYSTONE_PROJECT,
    projectDomain: config.ANNEAL_KEYSTONE_PROJECT_DOMAIN,
  };
}

/** The authenticator of the configured strategy (Ironic's auth_strategy). */
export function createAuthenticator(config: ApiConfig, log: Logger): Authenticator {
  return STRATEGIES[config.ANNEAL_AUTH_STRATEGY](config, log);
}
