import type { BmcOptions, Privilege } from 'ipmi-js';
import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { nameOf } from '../node-name.ts';
import { BRIDGING_PROPERTIES, bridgeRouteOf, bridgingSchema } from './bridging.ts';

/** The driver_info properties of the hardware type `ipmi`: Ironic's names and meanings (ipmitool interfaces). */
export const IPMI_PROPERTIES = {
  ipmi_address: 'Address or name of the BMC. Required.',
  ipmi_port: 'UDP port of the BMC; default 623.',
  ipmi_username: 'User name; default the null user.',
  ipmi_password: 'Password, up to 20 bytes.',
  ipmi_hex_kg_key: 'The BMC key Kg as 40 hexadecimal digits.',
  ipmi_priv_level: 'Privilege: ADMINISTRATOR (default), OPERATOR, USER or CALLBACK.',
  ipmi_cipher_suite: 'The one cipher suite to use; default 17, or 3 where the BMC has no 17.',
  ipmi_protocol_version: 'Only "2.0", which is the default.',
  ipmi_disable_boot_timeout: 'Whether to switch off the 60 s after which a BMC forgets its boot device; default true.',
  ipmi_force_boot_device:
    'True for a BMC that forgets its boot device: the disk is selected again before each power-on that has none.',
  ipmi_terminal_port: 'TCP port of the serial console; default a free one of ANNEAL_CONSOLE_PORTS.',
  ...BRIDGING_PROPERTIES,
  ipmi_verify_boot_device: 'False for a BMC whose boot flags do not read back as they were written; default true.',
} as const;

/** A switch in driver_info or among arguments, in Ironic's spellings. */
export const flag = z.union([
  z.boolean(),
  z.stringbool({ truthy: ['true', 'yes', 'on', '1'], falsy: ['false', 'no', 'off', '0'] }).describe('true or false'),
]);
const number = (from: number, to: number) => z.coerce.number().int().min(from).max(to);

const PRIVILEGES = ['CALLBACK', 'USER', 'OPERATOR', 'ADMINISTRATOR'] as const;

const schema = z.object({
  ipmi_address: z.string({ error: 'expected the address of the BMC' }).trim().min(1),
  ipmi_port: number(1, 65_535).default(623),
  ipmi_username: z.string().default(''),
  ipmi_password: z.string().default(''),
  ipmi_hex_kg_key: z
    .string()
    .regex(/^[0-9a-fA-F]{40}$/, 'expected 40 hexadecimal digits')
    .optional(),
  ipmi_priv_level: z.string().toUpperCase().pipe(z.enum(PRIVILEGES)).default('ADMINISTRATOR'),
  ipmi_cipher_suite: number(0, 19).optional(),
  ipmi_protocol_version: z.coerce.string().pipe(z.literal('2.0')).default('2.0'),
  ipmi_terminal_port: number(1, 65_535).nullable().default(null),
  ipmi_disable_boot_timeout: flag.default(true),
  ipmi_force_boot_device: flag.default(false),
  ipmi_verify_boot_device: flag.default(true),
});

/** What a node's driver_info says about its BMC. */
export interface IpmiSettings {
  readonly bmc: BmcOptions;
  /** TCP port of the serial console. */
  readonly terminalPort: number | null;
  readonly disableBootTimeout: boolean;
  readonly forceBootDevice: boolean;
  readonly verifyBootDevice: boolean;
  /** The board takes selector 9 (24h) for the disk under UEFI (Ironic: properties/vendor is `supermicro`). */
  readonly supermicro: boolean;
}

/**
 * Reads driver_info.
 * @throws BareMetalError `MissingParameterValue` without ipmi_address, else `InvalidParameterValue`; no value is shown
 */
export function ipmiSettingsOf(node: Node): IpmiSettings {
  const address = node.driverInfo['ipmi_address'];
  if (address === undefined || address === null || address === '') {
    throw new BareMetalError(
      'MissingParameterValue',
      `Node ${nameOf(node)} has no driver_info/ipmi_address; set it to the address of its BMC.`,
    );
  }
  const given = withoutNulls(node.driverInfo);
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw wrongField(node, parsed.error);
  const info = parsed.data;
  const bridging = bridgingSchema.safeParse({ ipmi_bridging: 'no', ...given });
  if (!bridging.success) throw wrongField(node, bridging.error);
  const bridge = bridgeRouteOf(bridging.data);
  const vendor = node.properties['vendor'];
  return {
    bmc: {
      host: info.ipmi_address,
      port: info.ipmi_port,
      username: info.ipmi_username,
      password: info.ipmi_password,
      privilege: info.ipmi_priv_level.toLowerCase() as Privilege,
      ...(info.ipmi_hex_kg_key !== undefined && { kg: Buffer.from(info.ipmi_hex_kg_key, 'hex') }),
      ...(bridge !== undefined && { bridge }),
      ...(info.ipmi_cipher_suite !== undefined && { cipherSuites: [info.ipmi_cipher_suite] }),
    },
    terminalPort: info.ipmi_terminal_port,
    disableBootTimeout: info.ipmi_disable_boot_timeout,
    forceBootDevice: info.ipmi_force_boot_device,
    verifyBootDevice: info.ipmi_verify_boot_device,
    supermicro: typeof vendor === 'string' && vendor.toLowerCase() === 'supermicro',
  };
}

function withoutNulls(driverInfo: Node['driverInfo']): Node['driverInfo'] {
  return Object.fromEntries(Object.entries(driverInfo).filter(([, value]) => value !== null));
}

function wrongField(node: Node, error: z.ZodError): BareMetalError {
  const reasons = error.issues.map((issue) => `driver_info/${issue.path.join('/')}: ${issue.message}`);
  return new BareMetalError('InvalidParameterValue', `Node ${nameOf(node)}: ${reasons.join('; ')}.`);
}
