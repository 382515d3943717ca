import { parseCapabilities, setCapability, writeCapabilities } from '../capabilities.ts';
import { objectIn, objectsIn } from '../json.ts';
import type { JsonObject } from '../node.ts';
import { CPU_CAPABILITIES, CPU_TRAITS } from './cpu-flags.ts';
import { gpusIn } from './gpus.ts';
import { uplinkMbps } from './lldp.ts';

/** What the agent reports: its inventory, and what its other collectors found. */
export interface HardwareReport {
  readonly inventory: JsonObject;
  readonly pluginData: JsonObject;
}

/**
 * Traits and capabilities of one kind. What a family owns is replaced by what was found; what nobody looked for
 * stays as it is.
 */
export interface FeatureFamily {
  readonly name: string;
  /** The traits that come and go with this family. */
  readonly owns: RegExp;
  readonly capabilityNames: readonly string[];
  /** Undefined when the report says nothing of it. */
  readonly find: (report: HardwareReport) => Found | undefined;
}

interface Found {
  readonly traits: readonly string[];
  readonly capabilities?: Readonly<Record<string, string>>;
}

const bandwidthWord = (mbps: number): string =>
  mbps < 1000 ? `${mbps}M` : `${String(mbps / 1000).replace('.', '_')}G`;

/** Linux drivers of NICs that speak RDMA over Converged Ethernet. */
const ROCE_DRIVERS: readonly unknown[] = ['mlx5_core', 'mlx4_core', 'mlx4_en', 'bnxt_en', 'ice', 'qede', 'hns3'];

/** Everything that inspection finds out about hardware beyond Ironic's own properties. */
export const FEATURE_FAMILIES: readonly FeatureFamily[] = [
  {
    name: 'CPU features',
    owns: new RegExp(`^(${Object.values(CPU_TRAITS).flatMap(Object.values).join('|')})$`),
    capabilityNames: [...new Set(Object.values(CPU_CAPABILITIES))],
    find({ inventory }) {
      const { flags, architecture } = objectIn(inventory, 'cpu');
      if (!Array.isArray(flags) || flags.length === 0) return undefined;
      const has = ([flag]: readonly [string, string]): boolean => flags.includes(flag);
      const traits = Object.entries(CPU_TRAITS[String(architecture)] ?? {}).filter(has);
      const capabilities = Object.entries(CPU_CAPABILITIES).filter(has);
      return {
        traits: traits.map(([, trait]) => trait),
        capabilities: Object.fromEntries(capabilities.map(([, name]) => [name, 'true'])),
      };
    },
  },
  {
    name: 'kinds of drives',
    owns: /^CUSTOM_DISK_(HDD|SSD|NVME)$/,
    capabilityNames: [],
    find: ({ inventory }) => {
      const disks = objectsIn(inventory, 'disks');
      return disks && { traits: disks.flatMap(({ name, rotational }) => driveTrait(name, rotational)) };
    },
  },
  {
    name: 'NIC speed',
    owns: /^CUSTOM_NIC_[0-9_]+[MG]$/,
    capabilityNames: ['nic_mbps'],
    find: ({ inventory }) =>
      speeds(
        'NIC',
        (objectsIn(inventory, 'interfaces') ?? []).map(({ speed_mbps: mbps }) => mbps),
      ),
  },
  {
    name: 'uplink bandwidth by LLDP',
    owns: /^CUSTOM_UPLINK_[0-9_]+[MG]$/,
    capabilityNames: ['uplink_mbps'],
    find: ({ inventory, pluginData }) => {
      const reported = (objectsIn(inventory, 'interfaces') ?? []).map(({ lldp }) => uplinkMbps(lldp));
      const collected = Object.values(objectIn(pluginData, 'lldp_raw')).map(uplinkMbps);
      // Both are the same packets: whichever way they came.
      return speeds('UPLINK', reported.some((mbps) => mbps !== undefined) ? reported : collected);
    },
  },
  {
    name: 'fabrics',
    owns: /^CUSTOM_NIC_(INFINIBAND|ROCE)$/,
    capabilityNames: [],
    find: ({ inventory }) => {
      const interfaces = objectsIn(inventory, 'interfaces');
      return interfaces && { traits: interfaces.flatMap(fabricTrait) };
    },
  },
  {
    name: 'GPUs',
    owns: /^CUSTOM_GPU(_|$)/,
    capabilityNames: ['gpus'],
    find({ pluginData }) {
      const gpus = gpusIn(pluginData);
      if (gpus === undefined) return undefined;
      const traits = gpus.flatMap(({ vendor, vendorId, productId }) => [
        'CUSTOM_GPU',
        `CUSTOM_GPU_${vendor}`,
        `CUSTOM_GPU_${vendorId}_${productId}`.toUpperCase(),
      ]);
      return { traits, ...(gpus.length > 0 && { capabilities: { gpus: String(gpus.length) } }) };
    },
  },
];

function driveTrait(name: unknown, rotational: unknown): string[] {
  if (String(name).startsWith('/dev/nvme')) return ['CUSTOM_DISK_NVME'];
  if (typeof rotational !== 'boolean') return [];
  return [rotational ? 'CUSTOM_DISK_HDD' : 'CUSTOM_DISK_SSD'];
}

/** A client id is what DHCP over InfiniBand needs (RFC 4390); the agent makes one for those interfaces only. */
function fabricTrait({ client_id: clientId, driver }: JsonObject): string[] {
  if (typeof clientId === 'string' && clientId !== '') return ['CUSTOM_NIC_INFINIBAND'];
  return ROCE_DRIVERS.includes(driver) ? ['CUSTOM_NIC_ROCE'] : [];
}

function speeds(word: 'NIC' | 'UPLINK', values: readonly unknown[]): Found | undefined {
  const known = values.filter((value): value is number => typeof value === 'number' && value > 0);
  if (known.length === 0) return undefined;
  return {
    traits: known.map((mbps) => `CUSTOM_${word}_${bandwidthWord(mbps)}`),
    capabilities: { [`${word.toLowerCase()}_mbps`]: String(Math.max(...known)) },
  };
}

/** What a node has by the report: its traits and capabilities with those of each family brought up to date. */
export function withFeatures(
  has: { readonly traits: readonly string[]; readonly capabilities: unknown },
  report: HardwareReport,
): { traits: string[]; capabilities: string } {
  const traits = new Set(has.traits);
  let capabilities = writeCapabilities(parseCapabilities(has.capabilities));
  for (const { owns, capabilityNames, find } of FEATURE_FAMILIES) {
    const found = find(report);
    if (found === undefined) continue;
    for (const trait of traits) if (owns.test(trait)) traits.delete(trait);
    for (const trait of found.traits) traits.add(trait);
    for (const name of capabilityNames) {
      capabilities = setCapability(capabilities, name, found.capabilities?.[name] ?? null);
    }
  }
  return { traits: [...traits].toSorted(), capabilities };
}
