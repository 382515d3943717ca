import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { decodeResponse, encodeRequest } from '../../src/codec/message.ts';
import type { ResponseMessage } from '../../src/codec/message.ts';
import { decodePacket, encodePacket15 } from '../../src/codec/packet.ts';

/** A bare socket that sends requests outside sessions, in IPMI 1.5 framing, and keeps what comes back. */
export interface Stranger {
  readonly answers: ResponseMessage[];
  readonly ask: (command: { readonly netFn: number; readonly cmd: number }, rqSeq: number, data?: Uint8Array) => void;
  readonly stop: () => void;
}

/** @param port of a BMC on loopback */
export function aStranger(port: number): Stranger {
  const socket: Socket = createSocket('udp4');
  const answers: ResponseMessage[] = [];
  socket.on('message', (datagram) => {
    const packet = decodePacket(datagram);
    if (packet.format === '1.5') answers.push(decodeResponse(packet.payload));
  });
  return {
    answers,
    ask: ({ netFn, cmd }, rqSeq, data = new Uint8Array()) => {
      const request = encodeRequest({ rsAddr: 0x20, rsLun: 0, rqAddr: 0x81, rqSeq, rqLun: 0, netFn, cmd, data });
      socket.send(encodePacket15(request), port, '127.0.0.1');
    },
    stop: () => void socket.close(),
  };
}
