/** Numbers of LAN configuration parameters (IPMI v2.0 table 23-4). */
export const LAN_PARAMETER = {
  setInProgress: 0,
  authTypeSupport: 1,
  authTypeEnables: 2,
  ip: 3,
  ipSource: 4,
  mac: 5,
  netmask: 6,
  gateway: 12,
  gatewayMac: 13,
  community: 16,
  destinations: 17,
  vlan: 20,
  vlanPriority: 21,
  cipherSuiteCount: 22,
  cipherSuites: 23,
  cipherSuitePrivileges: 24,
} as const;

/** Where the address comes from, by code (parameter 4). */
export const IP_SOURCES = ['unspecified', 'static', 'dhcp', 'bios', 'other'] as const;
