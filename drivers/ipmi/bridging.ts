import type { BridgeRoute } from 'ipmi-js';
import { z } from 'zod';

const byte = z.coerce.number({ error: 'expected a number such as 0x82' }).int().min(0).max(0xff);
const channel = z.coerce.number({ error: 'expected a channel, 0–15' }).int().min(0).max(15);

/** Ironic's properties of a BMC that is reached through another (IPMI v2.0 §6.13). */
export const BRIDGING_PROPERTIES = {
  ipmi_bridging: 'Reach the BMC through another: "no" (default), "single" or "dual".',
  ipmi_target_channel: 'Channel of the target BMC; needed by single and dual bridging.',
  ipmi_target_address: 'Address of the target BMC, such as 0x82; needed by single and dual bridging.',
  ipmi_transit_channel: 'Channel of the BMC between; needed by dual bridging.',
  ipmi_transit_address: 'Address of the BMC between, such as 0x72; needed by dual bridging.',
  ipmi_local_address: 'Our own address on the first bus; default 0x20.',
} as const;

const target = { ipmi_target_channel: channel, ipmi_target_address: byte, ipmi_local_address: byte.optional() };

/** The bridging properties of driver_info, by the kind of bridging. */
export const bridgingSchema = z.discriminatedUnion('ipmi_bridging', [
  z.object({ ipmi_bridging: z.literal('no') }),
  z.object({ ipmi_bridging: z.literal('single'), ...target }),
  z.object({
    ipmi_bridging: z.literal('dual'),
    ...target,
    ipmi_transit_channel: channel,
    ipmi_transit_address: byte,
  }),
]);

/** The way to the BMC, or undefined when it is reached directly. */
export function bridgeRouteOf(info: z.infer<typeof bridgingSchema>): BridgeRoute | undefined {
  if (info.ipmi_bridging === 'no') return undefined;
  return {
    targetChannel: info.ipmi_target_channel,
    targetAddress: info.ipmi_target_address,
    ...(info.ipmi_local_address !== undefined && { localAddress: info.ipmi_local_address }),
    ...(info.ipmi_bridging === 'dual' && {
      transitChannel: info.ipmi_transit_channel,
      transitAddress: info.ipmi_transit_address,
    }),
  };
}
