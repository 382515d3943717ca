import { LAN_PARAMETER } from '../commands/lan-parameters.ts';
import type { VirtualLan } from './options.ts';
import { ParameterStore } from './parameter-store.ts';

const SOURCES = { static: 1, dhcp: 2, bios: 3, other: 4 } as const;
const VLAN_ON = 0x80;
const SUITE_SLOTS = 16;

const address = (text: string | undefined): Uint8Array => Uint8Array.from((text ?? '0.0.0.0').split('.').map(Number));
const macBytes = (text: string | undefined): Uint8Array =>
  Uint8Array.from((text ?? '00:00:00:00:00:00').split(':').map((part) => Number.parseInt(part, 16)));

const READ_ONLY = [LAN_PARAMETER.authTypeSupport, LAN_PARAMETER.cipherSuiteCount, LAN_PARAMETER.cipherSuites];

/** LAN configuration parameters of a virtual BMC: held, not acted on (IPMI v2.0 table 23-4). */
export function lanParameters(lan: VirtualLan, suiteIds: readonly number[]): ParameterStore {
  const vlan = lan.vlan ?? 0;
  return new ParameterStore(
    [
      [LAN_PARAMETER.setInProgress, Uint8Array.of(0)],
      [LAN_PARAMETER.authTypeSupport, Uint8Array.of(0)],
      [LAN_PARAMETER.authTypeEnables, new Uint8Array(5)],
      [LAN_PARAMETER.ip, address(lan.ip)],
      [LAN_PARAMETER.ipSource, Uint8Array.of(SOURCES[lan.source ?? 'static'])],
      [LAN_PARAMETER.mac, macBytes(lan.mac)],
      [LAN_PARAMETER.netmask, address(lan.netmask)],
      [LAN_PARAMETER.gateway, address(lan.gateway)],
      [LAN_PARAMETER.gatewayMac, new Uint8Array(6)],
      [LAN_PARAMETER.community, Buffer.from('public'.padEnd(18, '\0'))],
      [LAN_PARAMETER.destinations, Uint8Array.of(0)],
      [LAN_PARAMETER.vlan, Uint8Array.of(vlan & 0xff, vlan === 0 ? 0 : VLAN_ON | (vlan >> 8))],
      [LAN_PARAMETER.vlanPriority, Uint8Array.of(0)],
      [LAN_PARAMETER.cipherSuiteCount, Uint8Array.of(suiteIds.length)],
      [LAN_PARAMETER.cipherSuites, Uint8Array.of(0, ...suiteIds.slice(0, SUITE_SLOTS))],
      // Administrator for every suite: a nibble each after a reserved byte.
      [LAN_PARAMETER.cipherSuitePrivileges, Uint8Array.of(0, ...new Uint8Array(8).fill(0x44))],
    ],
    READ_ONLY,
  );
}
