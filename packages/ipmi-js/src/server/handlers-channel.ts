import { CC } from '../codec/completion-codes.ts';
import { getChannelAccess } from '../commands/get-channel-access.ts';
import { getChannelInfo } from '../commands/get-channel-info.ts';
import { getChannelPayloadSupport } from '../commands/get-channel-payload-support.ts';
import { getChannelPayloadVersion } from '../commands/get-channel-payload-version.ts';
import { getLanConfiguration } from '../commands/get-lan-configuration.ts';
import { getSolConfiguration } from '../commands/get-sol-configuration.ts';
import { setChannelAccess } from '../commands/set-channel-access.ts';
import { setChannelSecurityKeys } from '../commands/set-channel-security-keys.ts';
import { setLanConfiguration } from '../commands/set-lan-configuration.ts';
import { setSolConfiguration } from '../commands/set-sol-configuration.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { Handler } from './handler.ts';

/** The one LAN channel of a virtual BMC. */
export const LAN_CHANNEL = 1;
const CURRENT_CHANNEL = 0x0e;
const LAN_MEDIUM = 4;
const IPMB_PROTOCOL = 1;
const IPMI_VENDOR = 7154;
const SOL_AND_IPMI = 0b11;
const SETUP_PAYLOADS = 0b11_1111;
const LAN_REVISION = 0x11;
const NO_SUCH_PAYLOAD = 0x80;

/** @throws CompletionError CCh for every channel but the LAN */
export function onLan(channel: number): void {
  if (channel !== LAN_CHANNEL && channel !== CURRENT_CHANNEL) throw new CompletionError(CC.invalidData);
}

/** Channel, LAN and SOL settings (IPMI v2.0 §22–§24, §26). */
export const CHANNEL_HANDLERS: readonly Handler[] = [
  handle(getChannelInfo, ({ channel }, { bmc }) => {
    onLan(channel);
    return {
      channel: LAN_CHANNEL,
      medium: LAN_MEDIUM,
      protocol: IPMB_PROTOCOL,
      sessions: 'multi',
      active: bmc.sessions.open.length,
      vendor: IPMI_VENDOR,
      auxiliary: 0,
    };
  }),
  handle(getChannelAccess, ({ channel, stored }, { bmc }) => {
    onLan(channel);
    return bmc.channelAccess.get(stored);
  }),
  handle(setChannelAccess, (request, { bmc }) => {
    onLan(request.channel);
    bmc.channelAccess.set(request);
    return {};
  }),
  handle(setChannelSecurityKeys, (request, { bmc }) => {
    onLan(request.channel);
    return bmc.channelKeys.change(request);
  }),
  handle(getChannelPayloadSupport, ({ channel }) => {
    onLan(channel);
    return { standard: SOL_AND_IPMI, setup: SETUP_PAYLOADS, oem: 0 };
  }),
  handle(getChannelPayloadVersion, ({ channel, payloadType }) => {
    onLan(channel);
    if (payloadType > 1) throw new CompletionError(NO_SUCH_PAYLOAD);
    return { major: 1, minor: 0 };
  }),
  handle(getLanConfiguration, ({ channel, parameter, revisionOnly }, { bmc }) => {
    onLan(channel);
    return { revision: LAN_REVISION, data: revisionOnly ? new Uint8Array() : bmc.lan.get(parameter) };
  }),
  handle(setLanConfiguration, ({ channel, parameter, data }, { bmc }) => {
    onLan(channel);
    bmc.lan.set(parameter, data);
    return {};
  }),
  handle(getSolConfiguration, ({ channel, parameter, revisionOnly }, { bmc }) => {
    onLan(channel);
    return { revision: LAN_REVISION, data: revisionOnly ? new Uint8Array() : bmc.solSettings.get(parameter) };
  }),
  handle(setSolConfiguration, ({ channel, parameter, data }, { bmc }) => {
    onLan(channel);
    bmc.solSettings.set(parameter, data);
    return {};
  }),
];
