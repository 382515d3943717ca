import { connect, type Socket } from 'node:net';
import { until } from './until.ts';

/** Somebody at a TCP port. */
export interface TcpReader {
  type(text: string): void;
  /** Waits until all that was read fits. */
  sees(words: RegExp): Promise<void>;
  /** Waits until the other end has closed. */
  sentAway(): Promise<void>;
  leave(): Promise<void>;
}

/** Connects to `tcp://host:port`. */
export async function readTcp(url: string): Promise<TcpReader> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port) });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString('latin1')));
  const soon = async (what: string, isSo: () => boolean) => {
    await until(() => `${what}; it read ${JSON.stringify(text)}`, isSo, { everyMs: 10 });
  };
  return {
    type: (keys) => void socket.write(keys),
    sees: (words) => soon(String(words), () => words.test(text)),
    sentAway: () => soon('an end of the connection', () => socket.readableEnded || socket.destroyed),
    leave: () => closed(socket),
  };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve()).destroy();
  });
}
