import { join } from 'node:path';
import { z } from 'zod';
import { givenVariables } from '../domain/environment.ts';

const DEVICE = /^[\w.-]{1,15}$/;

/** A network on which this service answers DHCP. */
const networkSchema = z.strictObject({
  interface: z.string().regex(DEVICE).describe('Network device of this host that is on the network'),
  address: z.ipv4().describe('This host’s address there'),
  first: z.ipv4().describe('First address given out'),
  last: z.ipv4().describe('Last address given out'),
  netmask: z.ipv4().default('255.255.255.0'),
  ipv6Prefix: z.ipv6().optional().describe('Prefix (/64) of the device, announced so that iPXE need not wait for one'),
});

/** A network on which this service answers DHCP. */
export type BootNetwork = z.infer<typeof networkSchema>;

const networksSchema = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('expected JSON: [{"interface", "address", "first", "last", "netmask"?, "ipv6Prefix"?}]');
      return z.NEVER;
    }
  })
  .pipe(z.array(networkSchema));

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Everything that an operator may set for the boot service, by environment variable. */
const schema = z.object({
  DATABASE_URL: z.string().min(1).describe('PostgreSQL; a unix socket is postgresql:///anneal?host=/dir'),
  ANNEAL_BOOT_HOST: z.string().default('0.0.0.0').describe('Address to listen on; 0.0.0.0 for all networks'),
  ANNEAL_BOOT_PORT: z.coerce.number().int().min(0).max(65_535).default(8089),
  ANNEAL_BOOT_NETWORKS: networksSchema.default([]).describe('Networks with DHCP by Anneal; none: DHCP is elsewhere'),
  ANNEAL_BOOT_STATE: z.string().default('.anneal/boot').describe('Folder of the DHCP servers’ files'),
  ANNEAL_DNSMASQ: z.string().default('dnsmasq').describe('The dnsmasq program'),
  ANNEAL_TFTP_ROOT: z
    .string()
    .default('/usr/lib/ipxe')
    .describe('Folder of undionly.kpxe and snponly.efi (Debian: ipxe)'),
  ANNEAL_AGENT_API_URL: z
    .string()
    .default('http://{host}:6385')
    .describe('The API as agents reach it; {host} is the address by which a machine reached this service'),
  ANNEAL_AGENT_KERNEL: z.string().default('/srv/agent/agent.kernel').describe('Kernel of the agent ramdisk'),
  ANNEAL_AGENT_INITRD: z.string().default('/srv/agent/agent.initrd').describe('Initial ramdisk of the agent'),
  ANNEAL_AGENT_ROOTFS: z.string().optional().describe('Root file system image, served as /artifacts/rootfs'),
  ANNEAL_AGENT_KERNEL_PARAMS: z
    .string()
    .default('console=ttyS0')
    .describe('Further kernel parameters; {boot} is this service’s URL as the machine reached it'),
  ANNEAL_AGENT_COLLECT_LLDP: flag.default(false).describe('Whether the agent waits for LLDP packets'),
  ANNEAL_IMAGE_CACHE: z.string().default('.anneal/images').describe('Image cache that the worker fills'),
  ANNEAL_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** The boot service's configuration. */
export type BootConfig = ReturnType<typeof readBootConfig>;

/**
 * Reads the configuration from environment variables.
 * @throws Error that names each wrong variable
 */
export function readBootConfig(env: NodeJS.ProcessEnv) {
  const parsed = schema.safeParse(givenVariables(env));
  if (!parsed.success)
    throw new Error(`The boot service's configuration does not fit:\n${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  return {
    databaseUrl: data.DATABASE_URL,
    host: data.ANNEAL_BOOT_HOST,
    port: data.ANNEAL_BOOT_PORT,
    logLevel: data.ANNEAL_LOG_LEVEL,
    imageCache: data.ANNEAL_IMAGE_CACHE,
    artifacts: { kernel: data.ANNEAL_AGENT_KERNEL, initrd: data.ANNEAL_AGENT_INITRD, rootfs: data.ANNEAL_AGENT_ROOTFS },
    agent: {
      apiUrl: data.ANNEAL_AGENT_API_URL,
      kernelParams: data.ANNEAL_AGENT_KERNEL_PARAMS,
      collectLldp: data.ANNEAL_AGENT_COLLECT_LLDP,
    },
    dhcp: {
      networks: data.ANNEAL_BOOT_NETWORKS,
      stateFolder: join(data.ANNEAL_BOOT_STATE, 'dhcp'),
      program: data.ANNEAL_DNSMASQ,
      tftpRoot: data.ANNEAL_TFTP_ROOT,
    },
  };
}
