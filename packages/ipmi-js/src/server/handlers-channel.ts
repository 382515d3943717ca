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
import type { BmcParts, Handler } from './handler.ts';
import type { ParameterStore } from './parameter-store.ts';

/** The one LAN channel of a virtual BMC. */
export const LAN_CHANNEL = 1;
const CURRENT_CHANNEL = 0x0e;
const LAN_MEDIUM = 4;
const IPMB_PROTOCOL = 1;
const IPMI_VENDOR = 7154;
const SOL_AND_IPMI = 0b11;
const SETUP_PAYLOADS = 0b11_1111;
/** Parameter revision: 1, oldest that it is compatible with: 1. */
const REVISION = 0x11;
const NO_SUCH_PAYLOAD = 0x80;

/** @throws CompletionError CCh for every channel but the LAN */
export function onLan(channel: number): void {
  if (channel !== LAN_CHANNEL && channel !== CURRENT_CHANNEL) throw new CompletionError(CC.invalidData);
}

/** Reads and writes of one of the sets of parameters that a LAN channel has. */
function configuration(
  read: typeof getLanConfiguration | typeof getSolConfiguration,
  write: typeof setLanConfiguration | typeof setSolConfiguration,
  parameters: (bmc: BmcParts) => Pick<ParameterStore, 'get' | 'set'>,
): Handler[] {
  return [
    handle(read, ({ channel, parameter, revisionOnly }, { bmc }) => {
      onLan(channel);
      return { revision: REVISION, data: revisionOnly ? new Uint8Array() : parameters(bmc).get(parameter) };
    }),
    handle(write, ({ channel, parameter, data }, { bmc }) => {
      onLan(channel);
      parameters(bmc).set(parameter, data);
      return {};
    }),
  ];
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
  ...configuration(getLanConfiguration, setLanConfiguration, ({ lan }) => lan),
  ...configuration(getSolConfiguration, setSolConfiguration, ({ solSettings }) => solSettings),
];
