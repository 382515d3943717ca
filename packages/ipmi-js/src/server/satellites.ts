import { CC } from '../codec/completion-codes.ts';
import { decodeRequest, encodeResponse } from '../codec/message.ts';
import type { RequestMessage } from '../codec/message.ts';
import { sendMessage } from '../commands/send-message.ts';
import { decode } from '../codec/layout.ts';
import { CompletionError, completionOf } from './completion-error.ts';
import type { SatelliteAnswer, VirtualSatellite } from './options.ts';

/** Nobody on the bus acknowledged the address (IPMI v2.0 §22.7). */
const NAK_ON_WRITE = 0x83;
const NO_DATA = new Uint8Array();

/**
 * Hands an embedded message to a controller behind the BMC and gives its response, as bytes for the answer to Send
 * Message. A controller may have others behind it (double bridging).
 * @throws CompletionError 83h when nobody is at the address
 */
export async function bridge(
  satellites: readonly VirtualSatellite[],
  { channel, message }: { readonly channel: number; readonly message: Uint8Array },
): Promise<Uint8Array> {
  const request = decodeRequest(message);
  const target = satellites.find((one) => one.channel === channel && one.address === request.rsAddr);
  if (target === undefined) throw new CompletionError(NAK_ON_WRITE);
  return encodeResponse({ ...request, ...(await ask(target, request)) });
}

async function ask(target: VirtualSatellite, request: RequestMessage): Promise<SatelliteAnswer> {
  try {
    if (request.netFn === sendMessage.netFn && request.cmd === sendMessage.cmd) {
      const data = await bridge(target.behind ?? [], decode(sendMessage.request, request.data));
      return { completionCode: CC.ok, data };
    }
    return await target.answer(request.netFn, request.cmd, request.data);
  } catch (error) {
    return { completionCode: completionOf(error, CC.invalidCommand), data: NO_DATA };
  }
}
