import { isIP } from 'node:net';
import { z } from 'zod';
import { namesSteps, parseStepKeys, USUALLY_DISALLOWED } from '../domain/disallowed-steps.ts';
import { givenVariables } from '../domain/environment.ts';
import { parseHosts } from '../domain/webhooks.ts';

const MIB = 1024 * 1024;

/** Words with commas between them. */
const words = (usual: string) =>
  z
    .string()
    .default(usual)
    .transform((text) => text.split(',').map((word) => word.trim()));

/** An address, or a range of them in CIDR notation (RFC 4632 §3.1). */
function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  return family !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

const httpUrl = z.url({ protocol: /^https?$/ });

const bytes = z.coerce.number().int().min(4096);

const stepNames = z
  .string()
  .default(USUALLY_DISALLOWED)
  .refine(namesSteps, 'expected interface.step, separated by commas')
  .transform(parseStepKeys);

const hostList = z.string().default('').transform(parseHosts);

/** What the api process reads from its environment; a wrong value stops the start and names the variable. */
const ApiConfig = z
  .object({
    DATABASE_URL: z.string().min(1).describe('PostgreSQL; a unix socket as postgresql:///anneal?host=/dir'),
    TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233').describe('host:port of the Temporal frontend'),
    TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
    ANNEAL_PAYLOAD_KEY: z.string().min(1).optional().describe('32 bytes, hex or base64: encrypts Temporal payloads'),
    ANNEAL_API_HOST: z.string().min(1).default('127.0.0.1'),
    ANNEAL_API_PORT: z.coerce.number().int().min(0).max(65535).default(6385),
    ANNEAL_PUBLIC_ENDPOINT: httpUrl
      .optional()
      .describe('what links begin with; without it the Host header of each request'),
    ANNEAL_AUTH_STRATEGY: z.enum(['noauth', 'http_basic', 'keystone']).default('noauth'),
    ANNEAL_HTPASSWD_FILE: z.string().min(1).optional().describe('bcrypt htpasswd file; read again when it changes'),
    ANNEAL_KEYSTONE_URL: httpUrl.optional().describe('Keystone as this process reaches it, with or without /v3'),
    ANNEAL_KEYSTONE_PUBLIC_URL: httpUrl.optional().describe('where clients get tokens; default ANNEAL_KEYSTONE_URL'),
    ANNEAL_KEYSTONE_USERNAME: z.string().min(1).default('ironic').describe('the account that validates tokens'),
    ANNEAL_KEYSTONE_PASSWORD: z.string().min(1).optional(),
    ANNEAL_KEYSTONE_USER_DOMAIN: z.string().min(1).default('Default'),
    ANNEAL_KEYSTONE_PROJECT: z.string().min(1).default('service'),
    ANNEAL_KEYSTONE_PROJECT_DOMAIN: z.string().min(1).default('Default'),
    ANNEAL_KEYSTONE_CACHE_SECONDS: z.coerce
      .number()
      .int()
      .min(0)
      .max(3600)
      .default(60)
      .describe('how long a validated token is not asked about again, and so a revoked one may still pass'),
    ANNEAL_KEYSTONE_SERVICE_ROLES: words('service').describe('roles that make X-Service-Token count'),
    ANNEAL_POLICY_FILE: z
      .string()
      .min(1)
      .optional()
      .describe('changes to the policy in oslo.policy’s syntax (docs/access.md); read again when it changes'),
    ANNEAL_ELEVATED_SERVICE_PROJECT: z
      .string()
      .min(1)
      .optional()
      .describe('the service role in the project of this name counts for the whole system'),
    ANNEAL_API_TLS_CERT_FILE: z
      .string()
      .min(1)
      .optional()
      .describe('certificate and its chain (PEM): the API speaks HTTPS; read again when it changes'),
    ANNEAL_API_TLS_KEY_FILE: z.string().min(1).optional(),
    ANNEAL_API_RATE_PER_MINUTE: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe('requests of each caller, counted by each api process; 0 is no limit'),
    ANNEAL_API_RATE_BURST: z.coerce.number().int().min(1).max(100_000).default(100).describe('so many at once'),
    ANNEAL_API_TRUSTED_PROXIES: words('')
      .transform((list) => list.filter((word) => word !== ''))
      .refine((list) => list.every(isAddressRange), 'expected addresses or ranges such as 192.0.2.0/24')
      .describe('proxies whose X-Forwarded-For says where a request comes from'),
    ANNEAL_API_MAX_BODY_BYTES: bytes.default(MIB),
    ANNEAL_API_MAX_LARGE_BODY_BYTES: bytes.default(96 * MIB).describe('for config drives and inventories'),
    ANNEAL_API_MAX_JSON_DEPTH: z.coerce.number().int().min(8).max(1000).default(25),
    ANNEAL_API_MAX_LIMIT: z.coerce.number().int().min(1).max(10_000).default(1000).describe('longest page of a list'),
    ANNEAL_ALLOCATION_QUEUE: z
      .stringbool()
      .default(false)
      .describe('an allocation that no node fits waits for one, instead of failing as in Ironic'),
    ANNEAL_DISALLOW_CLEAN_STEPS: stepNames.describe('steps that are refused, as workers know them too'),
    ANNEAL_DISALLOW_DEPLOY_STEPS: stepNames,
    ANNEAL_DISALLOW_SERVICE_STEPS: stepNames,
    ANNEAL_API_LIST_CACHE_MIB: z.coerce
      .number()
      .int()
      .min(0)
      .default(64)
      .describe('nodes as JSON that lists keep while they stay as they are; 10,000 nodes in full are about 20 MiB'),
    ANNEAL_CLAIM_TIMEOUT_MS: z.coerce
      .number()
      .int()
      .min(100)
      .max(60_000)
      .default(5000)
      .describe('how long a worker may take to answer that a node is claimed'),
    ANNEAL_AGENT_HEARTBEAT_TIMEOUT_S: z.coerce
      .number()
      .int()
      .min(10)
      .max(3600)
      .default(300)
      .describe('the agent sends a heartbeat each 0.3 to 0.6 of this'),
    ANNEAL_CONSOLE_URL: z
      .url()
      .default('http://127.0.0.1:6090/vnc_lite.html')
      .describe('where browsers look into graphical consoles; the token is added'),
    ANNEAL_WEBHOOK_HOSTS: hostList.describe('hosts that webhooks may go to, as workers know them too'),
    ANNEAL_CODEC_ORIGINS: words('http://127.0.0.1:8233,http://localhost:8233').describe(
      'origins of Temporal UIs that may use the payload codec from a browser',
    ),
    ANNEAL_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .refine((env) => env.ANNEAL_AUTH_STRATEGY !== 'http_basic' || env.ANNEAL_HTPASSWD_FILE !== undefined, {
    path: ['ANNEAL_HTPASSWD_FILE'],
    message: 'is needed when ANNEAL_AUTH_STRATEGY is http_basic',
  })
  .refine((env) => (env.ANNEAL_API_TLS_CERT_FILE === undefined) === (env.ANNEAL_API_TLS_KEY_FILE === undefined), {
    path: ['ANNEAL_API_TLS_KEY_FILE'],
    message: 'goes together with ANNEAL_API_TLS_CERT_FILE',
  })
  .refine((env) => env.ANNEAL_AUTH_STRATEGY !== 'keystone' || env.ANNEAL_KEYSTONE_URL !== undefined, {
    path: ['ANNEAL_KEYSTONE_URL'],
    message: 'is needed when ANNEAL_AUTH_STRATEGY is keystone',
  })
  .refine((env) => env.ANNEAL_AUTH_STRATEGY !== 'keystone' || env.ANNEAL_KEYSTONE_PASSWORD !== undefined, {
    path: ['ANNEAL_KEYSTONE_PASSWORD'],
    message: 'is needed when ANNEAL_AUTH_STRATEGY is keystone',
  });

/** The checked environment of the api process. */
export type ApiConfig = z.infer<typeof ApiConfig>;

/**
 * Reads the configuration.
 * @throws Error that names the variable and what was expected
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ApiConfig {
  const result = ApiConfig.safeParse(givenVariables(env));
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The configuration of the api does not fit: ${lines.join('; ')}`);
}
