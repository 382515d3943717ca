import { z } from 'zod';
import type { JsonObject } from '../../domain/node.ts';
import { macAddress } from '../query-values.ts';

const mac = macAddress;
const ipv4 = z.ipv4();
// An address of either family may carry the length of its prefix.
const ipv6 = z.union([z.ipv6(), z.cidrv6()]);

const linkShape = { id: z.string(), mtu: z.number().min(1).max(65_535).nullish(), vif_id: z.string().optional() };

const link = z.union([
  z.looseObject({
    ...linkShape,
    type: z.enum(['bridge', 'dvs', 'hw_veb', 'hyperv', 'ovs', 'tap', 'vhostuser', 'vif', 'phy']),
    ethernet_mac_address: mac,
  }),
  z.looseObject({
    ...linkShape,
    type: z.literal('bond'),
    ethernet_mac_address: mac,
    bond_mode: z.enum([
      '802.3ad',
      'balance-rr',
      'active-backup',
      'balance-xor',
      'broadcast',
      'balance-tlb',
      'balance-alb',
    ]),
    bond_links: z.array(z.string()),
  }),
  z.looseObject({
    ...linkShape,
    type: z.literal('vlan'),
    vlan_mac_address: mac,
    vlan_id: z.int(),
    vlan_link: z.string(),
  }),
]);

const service = z.looseObject({ type: z.literal('dns'), address: z.union([ipv4, ipv6]) });
const networkShape = { id: z.string(), link: z.string(), network_id: z.string() };
const routes = (address: z.ZodType) =>
  z
    .array(
      z.looseObject({ network: address, netmask: address, gateway: address, services: z.array(service).optional() }),
    )
    .optional();

const network = z.union([
  z.looseObject({
    ...networkShape,
    type: z.enum(['ipv4', 'ipv4_dhcp']),
    ip_address: ipv4.optional(),
    netmask: ipv4.optional(),
    routes: routes(ipv4),
  }),
  z.looseObject({
    ...networkShape,
    type: z.enum(['ipv6', 'ipv6_dhcp', 'ipv6_slaac']),
    ip_address: ipv6.optional(),
    netmask: ipv6.optional(),
    routes: routes(ipv6),
  }),
]);

/**
 * `network_data` of a node: empty, or its static network configuration in the format that cloud-init reads from a
 * config drive.
 * @see https://docs.openstack.org/nova/latest/user/metadata.html#openstack-format-metadata (network_data.json)
 */
export const NetworkData: z.ZodType<JsonObject> = z.union([
  z.strictObject({}),
  z.looseObject({ links: z.array(link), networks: z.array(network), services: z.array(service) }),
]);
