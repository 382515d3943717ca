/** What every lab looks like; docs/lab.md says the same in words. */

/** The networks that Anneal's own services, tenants and storage use. */
export const NETWORK_NAMES = ['provisioning', 'cleaning', 'tenant-a', 'tenant-b', 'storage'] as const;

/** A network of the lab by name. */
export type NetworkName = (typeof NETWORK_NAMES)[number];

interface NetworkLayout {
  readonly vlan: number;
  readonly subnet: string;
  readonly address: string;
  readonly address6: string;
  /** Name of the internal port of the switch (15 characters at most). */
  readonly interface: string;
  /** Namespace suffix of the network's host; empty = the lab's own namespace. */
  readonly host: string;
  readonly dhcp: boolean;
}

/** Addresses and VLANs; the same in every lab, because each lab has its own namespaces. */
export const NETWORKS: Readonly<Record<NetworkName, NetworkLayout>> = {
  provisioning: {
    vlan: 100,
    subnet: '172.31.100',
    address: '172.31.100.1',
    address6: 'fd00:100::1',
    interface: 'prov0',
    host: '',
    dhcp: false,
  },
  cleaning: {
    vlan: 101,
    subnet: '172.31.101',
    address: '172.31.101.1',
    address6: 'fd00:101::1',
    interface: 'clean0',
    host: '',
    dhcp: false,
  },
  'tenant-a': {
    vlan: 200,
    subnet: '172.31.200',
    address: '172.31.200.1',
    address6: 'fd00:200::1',
    interface: 'tenant-a0',
    host: 'tenant-a',
    dhcp: true,
  },
  'tenant-b': {
    vlan: 201,
    subnet: '172.31.201',
    address: '172.31.201.1',
    address6: 'fd00:201::1',
    interface: 'tenant-b0',
    host: 'tenant-b',
    dhcp: true,
  },
  storage: {
    vlan: 300,
    subnet: '172.31.30',
    address: '172.31.30.1',
    address6: 'fd00:300::1',
    interface: 'storage0',
    host: 'storage',
    dhcp: false,
  },
};

/** The VLAN of ports that nobody owns. */
export const PARKED_VLAN = 4094;
export const SWITCH_NAME = 'lab-switch';
export const BRIDGE = 'br0';
export const OVSDB_PORT = 6640;
export const IPMI_PORT = 623;
export const DISK_GIB = 5;
/** Ports inside the lab's namespace at which the host's Temporal and API are reached. */
export const RELAYED_TEMPORAL_PORT = 7233;
export const RELAYED_API_PORT = 6385;

/** Every namespace and process of a lab carries this before the lab's name. */
export const NAME_PREFIX = 'anneal';

/** Address of the BMC of the machine with this index (0-based). */
export const bmcAddress = (index: number): string => `172.31.10.${11 + index}`;

/** More machines would run out of BMC addresses. */
export const MOST_NODES = 200;
