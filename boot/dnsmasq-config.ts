import type { BootNetwork } from './config.ts';

/** Where a DHCP server finds and keeps its things. */
export interface DnsmasqPlaces {
  /** HTTP port of the boot service. */
  readonly httpPort: number;
  readonly leaseFile: string;
  /** Folder of undionly.kpxe and snponly.efi, for firmware that isn't iPXE. */
  readonly tftpRoot: string;
}

/** DHCP client architectures (RFC 4578 and IANA's list) that are UEFI: x86-64, EFI byte code, HTTP boot. */
const UEFI_ARCHITECTURES = [7, 9, 16];

/** The configuration of one network's dnsmasq: DHCP, TFTP and router advertisements, no DNS. */
export function dnsmasqConfig(network: BootNetwork, places: DnsmasqPlaces): string {
  return `${[
    '# Written by Anneal at each start of its boot service; changes are lost.',
    ...listening(network),
    ...addresses(network, places),
    ...bootFiles(network, places),
    ...routerAdvertisements(network),
  ].join('\n')}\n`;
}

function listening({ interface: device }: BootNetwork): string[] {
  // bind-interfaces: one dnsmasq for each network, side by side.
  return [`interface=${device}`, 'except-interface=lo', 'bind-interfaces', 'port=0', 'log-dhcp'];
}

function addresses({ first, last, netmask }: BootNetwork, { leaseFile }: DnsmasqPlaces): string[] {
  return [
    'dhcp-authoritative',
    // dnsmasq pings each new address for 3 s, one after the other; with ten machines iPXE gives up meanwhile.
    'no-ping',
    'dhcp-no-override',
    `dhcp-range=${first},${last},${netmask},10m`,
    // Neither router nor DNS server: these networks lead nowhere.
    'dhcp-option=3',
    'dhcp-option=6',
    `dhcp-leasefile=${leaseFile}`,
  ];
}

function bootFiles({ address }: BootNetwork, { httpPort, tftpRoot }: DnsmasqPlaces): string[] {
  return [
    // iPXE says so by option 175; it gets the script at once, and need not wait for a ProxyDHCP (175.176).
    'dhcp-match=set:ipxe,175',
    'dhcp-option=encap:175,176,1b',
    `dhcp-boot=tag:ipxe,http://${address}:${httpPort}/boot.ipxe`,
    ...UEFI_ARCHITECTURES.map((architecture) => `dhcp-match=set:uefi,option:client-arch,${architecture}`),
    `dhcp-boot=tag:!ipxe,tag:uefi,snponly.efi,,${address}`,
    `dhcp-boot=tag:!ipxe,tag:!uefi,undionly.kpxe,,${address}`,
    'enable-tftp',
    `tftp-root=${tftpRoot}`,
    // Machines whose firmware is iPXE need no TFTP: a missing folder must not end DHCP.
    'tftp-no-fail',
  ];
}

/** iPXE waits 14 s for a router advertisement when none comes. */
function routerAdvertisements({ interface: device, ipv6Prefix }: BootNetwork): string[] {
  if (ipv6Prefix === undefined) return [];
  return ['enable-ra', `dhcp-range=${ipv6Prefix},ra-only,64,10m`, `ra-param=${device},10,60`];
}
