import { MalformedError } from './bytes.ts';
import { decodeResponse, encodeRequest } from './message.ts';
import type { RequestMessage, ResponseMessage } from './message.ts';

/** The way to a controller behind the BMC (IPMI v2.0 §6.13). */
export interface BridgeRoute {
  /** Slave address of the target controller, for example 82h. */
  readonly targetAddress: number;
  readonly targetChannel: number;
  /** For double bridging: the controller in between. */
  readonly transitAddress?: number | undefined;
  readonly transitChannel?: number | undefined;
  /** Our address on the first bus; default 20h. */
  readonly localAddress?: number | undefined;
}

const APP = 0x06;
const SEND_MESSAGE = 0x34;
/** Send Message with tracking: the BMC brings the response back by itself. */
const TRACK_REQUEST = 0x40;
const BMC_ADDRESS = 0x20;

const sendMessage = (channel: number, message: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.of(TRACK_REQUEST | channel), message]);

/** Wraps a request into Send Message (IPMI v2.0 §22.7), twice when there is a transit controller. */
export function bridged(request: RequestMessage, route: BridgeRoute): RequestMessage {
  const { targetAddress, targetChannel, transitAddress, transitChannel } = route;
  const local = route.localAddress ?? BMC_ADDRESS;
  const outer = { ...request, netFn: APP, rsLun: 0, cmd: SEND_MESSAGE };
  const inner = encodeRequest({ ...request, rsAddr: targetAddress, rqAddr: transitAddress ?? local });
  if (transitAddress === undefined) return { ...outer, data: sendMessage(targetChannel, inner) };
  const middle = encodeRequest({
    ...outer,
    rsAddr: transitAddress,
    rqAddr: local,
    data: sendMessage(targetChannel, inner),
  });
  return { ...outer, data: sendMessage(transitChannel ?? 0, middle) };
}

/**
 * The answer that a packet in a bridged exchange carries: the target's own message, one embedded in
 * the reply to Send Message, or a Send Message failure. Undefined for the mere receipt of the BMC,
 * after which the answer is still to come.
 */
export function unbridged(response: ResponseMessage): ResponseMessage | undefined {
  let current = response;
  for (let depth = 0; depth < 2 && isSendMessage(current); depth++) {
    if (current.completionCode !== 0) return current;
    const embedded = embeddedResponse(current.data);
    if (embedded === undefined) return undefined;
    current = embedded;
  }
  return current;
}

const isSendMessage = ({ netFn, cmd }: ResponseMessage): boolean => netFn === APP && cmd === SEND_MESSAGE;

function embeddedResponse(data: Uint8Array): ResponseMessage | undefined {
  try {
    return decodeResponse(data);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
