import { IpmiError } from '../errors.ts';
import { getChannelAccess } from '../commands/get-channel-access.ts';
import { getChannelInfo } from '../commands/get-channel-info.ts';
import { getLanConfiguration } from '../commands/get-lan-configuration.ts';
import { IP_SOURCES, LAN_PARAMETER } from '../commands/lan-parameters.ts';
import { setLanConfiguration } from '../commands/set-lan-configuration.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CallOptions } from './options.ts';

/** LAN settings of one channel; fields that the BMC does not have are absent. */
export interface LanSettings {
  readonly ip?: string;
  readonly source?: (typeof IP_SOURCES)[number];
  readonly mac?: string;
  readonly netmask?: string;
  readonly gateway?: string;
  readonly gatewayMac?: string;
  /** Undefined when VLAN tagging is off. */
  readonly vlan?: number;
  /** SNMP community string of alerts. */
  readonly community?: string;
}

const dotted = (data: Uint8Array): string => data.subarray(0, 4).join('.');
const colons = (data: Uint8Array): string =>
  [...data.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
const VLAN_ON = 0x80;

const fromDotted = (address: string): Uint8Array => Uint8Array.from(address.split('.').map(Number));

/** The LAN channels of one BMC (IPMI v2.0 §22.22–22.24, §23). */
export class Lan {
  readonly #runner: CommandRunner;

  constructor(runner: CommandRunner) {
    this.#runner = runner;
  }

  /** One parameter in bytes; undefined when the BMC does not have it. */
  async parameter(
    parameter: number,
    {
      channel = 1,
      set = 0,
      block = 0,
      ...options
    }: CallOptions & { channel?: number; set?: number; block?: number } = {},
  ): Promise<Uint8Array | undefined> {
    try {
      const request = { revisionOnly: false, channel, parameter, set, block };
      return (await this.#runner.command(getLanConfiguration, request, options)).data;
    } catch (error) {
      if (error instanceof IpmiError && error.code === 'IpmiCompletion') return undefined;
      throw error;
    }
  }

  async setParameter(
    parameter: number,
    data: Uint8Array,
    options: CallOptions & { channel?: number } = {},
  ): Promise<void> {
    const { channel = 1, ...rest } = options;
    await this.#runner.command(setLanConfiguration, { channel, parameter, data }, rest);
  }

  /** The usual settings of a channel. */
  async get(options: CallOptions & { channel?: number } = {}): Promise<LanSettings> {
    const ask = (parameter: number): Promise<Uint8Array | undefined> => this.parameter(parameter, options);
    const found = {
      ip: map(await ask(LAN_PARAMETER.ip), dotted),
      source: map(await ask(LAN_PARAMETER.ipSource), ([code = 0]) => IP_SOURCES[code & 0x0f]),
      mac: map(await ask(LAN_PARAMETER.mac), colons),
      netmask: map(await ask(LAN_PARAMETER.netmask), dotted),
      gateway: map(await ask(LAN_PARAMETER.gateway), dotted),
      gatewayMac: map(await ask(LAN_PARAMETER.gatewayMac), colons),
      vlan: map(await ask(LAN_PARAMETER.vlan), ([low = 0, high = 0]) =>
        (high & VLAN_ON) === 0 ? undefined : low | ((high & 0x0f) << 8),
      ),
      community: map(await ask(LAN_PARAMETER.community), (data) =>
        Buffer.from(data).toString('latin1').replace(/\0.*$/s, ''),
      ),
    };
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  }

  /** Sets address, mask, gateway, source or VLAN; VLAN 0 switches tagging off. */
  async set(
    change: { ip?: string; netmask?: string; gateway?: string; source?: (typeof IP_SOURCES)[number]; vlan?: number },
    options: CallOptions & { channel?: number } = {},
  ): Promise<void> {
    const { ip, netmask, gateway, source, vlan } = change;
    if (source !== undefined) {
      await this.setParameter(LAN_PARAMETER.ipSource, Uint8Array.of(IP_SOURCES.indexOf(source)), options);
    }
    if (ip !== undefined) await this.setParameter(LAN_PARAMETER.ip, fromDotted(ip), options);
    if (netmask !== undefined) await this.setParameter(LAN_PARAMETER.netmask, fromDotted(netmask), options);
    if (gateway !== undefined) await this.setParameter(LAN_PARAMETER.gateway, fromDotted(gateway), options);
    if (vlan !== undefined) {
      const bytes = vlan === 0 ? [0, 0] : [vlan & 0xff, VLAN_ON | (vlan >> 8)];
      await this.setParameter(LAN_PARAMETER.vlan, Uint8Array.from(bytes), options);
    }
  }

  channelInfo(channel = 0x0e, options?: CallOptions): Promise<ReturnType<typeof getChannelInfo.response.read>> {
    return this.#runner.command(getChannelInfo, { channel }, options);
  }

  channelAccess(channel = 0x0e, options?: CallOptions): Promise<ReturnType<typeof getChannelAccess.response.read>> {
    return this.#runner.command(getChannelAccess, { channel, stored: 'present' }, options);
  }
}

const map = <T>(data: Uint8Array | undefined, read: (data: Uint8Array) => T): T | undefined =>
  data === undefined || data.length === 0 ? undefined : read(data);
