import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Somebody at a TCP port. */
export interface TcpReader {
  type(text: string): void;
  /** Waits until all that was read fits. */
  sees(words: RegExp): Promise<void>;
  /** Waits until the other end has closed. */
  sentAway(): Promise<void>;
  leave(): Promise<void>;
}

const PATIENCE_MS = 15_000;

/** Connects to `tcp://host:port`. */
export async function readTcp(url: string): Promise<TcpReader> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port) });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString('latin1')));
  const until = async (what: string, isSo: () => boolean) => {
    for (const end = Date.now() + PATIENCE_MS; !isSo(); await sleep(10))
      if (Date.now() > end) throw new Error(`${what}; it read ${JSON.stringify(text)}`);
  };
  return {
    type: (keys) => void socket.write(keys),
    sees: (words) => until(`did not read ${String(words)}`, () => words.test(text)),
    sentAway: () => until('was not sent away', () => socket.readableEnded || socket.destroyed),
    leave: () => closed(socket),
  };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve()).destroy();
  });
}
