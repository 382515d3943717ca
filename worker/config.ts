import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { namesSteps, parseStepKeys, USUALLY_DISALLOWED } from '../domain/disallowed-steps.ts';
import { givenVariables } from '../domain/environment.ts';
import { MASKINGS } from '../domain/inspection-rules/apply.ts';
import { parseHosts } from '../domain/webhooks.ts';
import { INTERFACE_KINDS, type InterfaceKind } from '../domain/node.ts';
import type { EnabledInterfaces } from '../drivers/enabled-interfaces.ts';
import { parsePayloadKey } from '../temporal/payload-codec.ts';

const seconds = z.coerce.number().positive();
const count = z.coerce.number().int().positive();
const port = count.max(65_535);

/** `interface.step:priority`, separated by commas (Ironic: clean_step_priority_override). */
const priorities = z
  .string()
  .default('')
  .transform((text, context) => {
    const entries = text.split(',').filter((entry) => entry.trim() !== '');
    const pairs = entries.map((entry) => /^\s*([a-z]+\.\w+):(\d+)\s*$/.exec(entry));
    if (pairs.includes(null))
      context.addIssue({ code: 'custom', message: 'expected interface.step:priority, separated by commas' });
    return Object.fromEntries(pairs.map((pair) => [pair?.[1], Number(pair?.[2])]));
  });

/** `interface.step`, separated by commas (Ironic: [api]disallow_clean_steps). */
const stepNames = z
  .string()
  .default(USUALLY_DISALLOWED)
  .refine(namesSteps, 'expected interface.step, separated by commas')
  .transform(parseStepKeys);

/** `first:last` (Ironic: [console]port_range). */
const portRange = z
  .string()
  .default('10000:20000')
  .transform((text, context) => {
    const [first = Number.NaN, last = Number.NaN] = (/^(\d+):(\d+)$/.exec(text) ?? []).slice(1).map(Number);
    if (first < 1 || last < first || last > 65_535 || Number.isNaN(first))
      context.addIssue({ code: 'custom', message: 'expected first:last, such as 10000:20000' });
    return [first, last] as const;
  });

const enabledVariable = (kind: InterfaceKind) => `ANNEAL_ENABLED_${kind.toUpperCase()}_INTERFACES`;

/** ANNEAL_ENABLED_RESCUE_INTERFACES and its like, one for each kind. */
const enabledInterfaces = Object.fromEntries(
  INTERFACE_KINDS.map((kind) => [
    enabledVariable(kind),
    z.string().optional().describe(`Comma-separated ${kind} interfaces, the default one first; default all`),
  ]),
);

/** The interfaces that the environment enables, by kind. */
function enabledIn(data: Readonly<Record<string, unknown>>): EnabledInterfaces {
  const named = INTERFACE_KINDS.flatMap((kind) => {
    const value = data[enabledVariable(kind)];
    return typeof value === 'string' ? [[kind, value.split(',').map((name) => name.trim())] as const] : [];
  });
  return Object.fromEntries(named);
}

/** Everything that an operator may set for a worker, by environment variable. */
const schema = z.object({
  DATABASE_URL: z.string().min(1).describe('PostgreSQL; a unix socket is postgresql:///anneal?host=/dir'),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233').describe('host:port of the Temporal frontend'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  ANNEAL_SITE: z.string().default('').describe('Conductor group that this worker serves; empty is the default site'),
  ANNEAL_HOSTNAME: z.string().min(1).default(hostname()).describe('Name of this worker as conductor'),
  ANNEAL_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ANNEAL_HARDWARE_TYPES: z.string().optional().describe('Comma-separated hardware types; default all'),
  ...enabledInterfaces,
  ANNEAL_PAYLOAD_KEY: z.string().optional().describe('32 bytes (hex or base64): encrypts Temporal payloads'),
  ANNEAL_POWER_TIMEOUT_S: seconds.default(60).describe('Time for a machine to reach a power state'),
  ANNEAL_SOFT_POWER_TIMEOUT_S: seconds.default(600).describe('Time for an operating system to shut down'),
  ANNEAL_CALLBACK_TIMEOUT_S: seconds.optional().describe('Deadline of states that wait for an agent'),
  ANNEAL_IMAGE_CACHE: z.string().default('.anneal/images').describe('Image cache, shared with the boot service'),
  ANNEAL_IMAGE_FOLDERS: z.string().default('').describe('Colon-separated folders of file:// images'),
  ANNEAL_BOOT_URL: z.url().default('http://127.0.0.1:8089').describe('The boot service as agents reach it'),
  ANNEAL_ERASE_ITERATIONS: z.coerce.number().int().min(0).default(1).describe('Random passes before the zeroes'),
  ANNEAL_ERASE_CONCURRENCY: count.default(4).describe('Disks that one agent erases at the same time'),
  ANNEAL_ERASE_SAMPLES: count.max(65_536).default(256).describe('Places read back on each erased disk'),
  ANNEAL_FAST_TRACK: z.stringbool().default(false).describe('Agents are left running for the next operation'),
  ANNEAL_CLEAN_STEP_PRIORITIES: priorities.describe('Priorities of clean steps: deploy.erase_devices:10,…'),
  ANNEAL_DEPLOY_STEP_PRIORITIES: priorities.describe('Priorities of deploy steps'),
  ANNEAL_VERIFY_STEP_PRIORITIES: priorities.describe('Priorities of verify steps'),
  ANNEAL_DISALLOW_CLEAN_STEPS: stepNames.describe('Steps that no cleaning has, as the API knows them too'),
  ANNEAL_DISALLOW_DEPLOY_STEPS: stepNames.describe('Steps that no deployment has'),
  ANNEAL_DISALLOW_SERVICE_STEPS: stepNames.describe('Steps that no service has'),
  ANNEAL_INSPECTION_RULES_FILE: z
    .string()
    .optional()
    .describe('YAML file of inspection rules that are not in the database; read anew for each inspection'),
  ANNEAL_INSPECTION_RULES_MASK_SECRETS: z
    .enum(MASKINGS)
    .default('always')
    .describe(
      'From which inspection rules passwords that an agent reported are kept; "sensitive" spares sensitive rules',
    ),
  ANNEAL_POWER_SWEEP_SECONDS: seconds.default(60).describe('Interval of the power sweep'),
  ANNEAL_SWEEP_CONCURRENCY: count.default(100).describe('BMCs read at the same time by a power sweep'),
  ANNEAL_EVENT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(30)
    .describe('Days that events and finished deliveries of webhooks are kept; 0: for ever. History always is'),
  ANNEAL_CONSOLE_ADDRESS: z.string().default('127.0.0.1').describe('Address that serial consoles listen on'),
  ANNEAL_CONSOLE_HOST: z.string().optional().describe('What clients reach that address as; default the address'),
  ANNEAL_CONSOLE_PORTS: portRange.describe('Ports of serial consoles whose node asks for none: first:last'),
  ANNEAL_CONSOLE_IDLE_S: z.coerce.number().min(0).default(600).describe('Silence that ends a reader; 0 never'),
  ANNEAL_VNC_PORT: port.optional().describe('Port of graphical consoles, on the same address; default none'),
  ANNEAL_WEBHOOK_HOSTS: z
    .string()
    .default('')
    .transform(parseHosts)
    .describe('Comma-separated hosts that webhooks may go to: host, host:port or *.domain; default none'),
  ANNEAL_MAX_CACHED_WORKFLOWS: count.default(200),
  ANNEAL_MAX_ACTIVITIES: count.default(400).describe('Activities at the same time; a long erase holds one'),
  ANNEAL_SHUTDOWN_GRACE_S: z.coerce.number().min(0).default(20),
});

/** A worker's configuration. */
export type WorkerConfig = ReturnType<typeof readWorkerConfig>;

/**
 * Reads the configuration from environment variables.
 * @throws Error that names each wrong variable
 */
export function readWorkerConfig(env: NodeJS.ProcessEnv) {
  const parsed = schema.safeParse(givenVariables(env));
  if (!parsed.success) throw new Error(`The worker's configuration does not fit:\n${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  return {
    databaseUrl: data.DATABASE_URL,
    site: data.ANNEAL_SITE,
    hostname: data.ANNEAL_HOSTNAME,
    logLevel: data.ANNEAL_LOG_LEVEL,
    hardwareTypes: data.ANNEAL_HARDWARE_TYPES?.split(',').map((name) => name.trim()),
    enabledInterfaces: enabledIn(data),
    temporal: {
      address: data.TEMPORAL_ADDRESS,
      namespace: data.TEMPORAL_NAMESPACE,
      payloadKey: data.ANNEAL_PAYLOAD_KEY === undefined ? undefined : parsePayloadKey(data.ANNEAL_PAYLOAD_KEY),
    },
    activities: {
      powerTimeoutS: data.ANNEAL_POWER_TIMEOUT_S,
      softPowerTimeoutS: data.ANNEAL_SOFT_POWER_TIMEOUT_S,
      callbackTimeoutS: data.ANNEAL_CALLBACK_TIMEOUT_S,
      imageCache: resolve(data.ANNEAL_IMAGE_CACHE),
      imageFolders: data.ANNEAL_IMAGE_FOLDERS.split(':').filter((folder) => folder !== ''),
      bootUrl: data.ANNEAL_BOOT_URL,
      eraseIterations: data.ANNEAL_ERASE_ITERATIONS,
      eraseConcurrency: data.ANNEAL_ERASE_CONCURRENCY,
      eraseSamples: data.ANNEAL_ERASE_SAMPLES,
      sweepConcurrency: data.ANNEAL_SWEEP_CONCURRENCY,
      fastTrack: data.ANNEAL_FAST_TRACK,
      inspectionRulesFile: data.ANNEAL_INSPECTION_RULES_FILE,
      inspectionRulesMasking: data.ANNEAL_INSPECTION_RULES_MASK_SECRETS,
      stepPriorities: {
        clean: data.ANNEAL_CLEAN_STEP_PRIORITIES,
        deploy: data.ANNEAL_DEPLOY_STEP_PRIORITIES,
        verify: data.ANNEAL_VERIFY_STEP_PRIORITIES,
      },
      disallowedSteps: {
        clean: data.ANNEAL_DISALLOW_CLEAN_STEPS,
        deploy: data.ANNEAL_DISALLOW_DEPLOY_STEPS,
        service: data.ANNEAL_DISALLOW_SERVICE_STEPS,
      },
    },
    consoles: {
      address: data.ANNEAL_CONSOLE_ADDRESS,
      host: data.ANNEAL_CONSOLE_HOST ?? data.ANNEAL_CONSOLE_ADDRESS,
      ports: data.ANNEAL_CONSOLE_PORTS,
      idleS: data.ANNEAL_CONSOLE_IDLE_S,
      vncPort: data.ANNEAL_VNC_PORT,
    },
    webhookHosts: data.ANNEAL_WEBHOOK_HOSTS,
    eventRetentionDays: data.ANNEAL_EVENT_RETENTION_DAYS,
    powerSweepSeconds: data.ANNEAL_POWER_SWEEP_SECONDS,
    maxCachedWorkflows: data.ANNEAL_MAX_CACHED_WORKFLOWS,
    maxActivities: data.ANNEAL_MAX_ACTIVITIES,
    shutdownGraceS: data.ANNEAL_SHUTDOWN_GRACE_S,
  };
}
