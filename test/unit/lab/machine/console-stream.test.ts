import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { ConsoleStream } from '../../../../lab/machine/console-stream.ts';

const listen = async (path: string): Promise<{ server: Server; socket: Promise<Socket> }> => {
  const server = createServer();
  const socket = once(server, 'connection').then(([first]) => first as Socket);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { server, socket };
};

describe('ConsoleStream', () => {
  it('stays one stream while the machine is off, on, and on again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'anneal-unit-'));
    const path = join(directory, 'serial');
    const stream = new ConsoleStream(path);
    const heard: string[] = [];
    stream.on('data', (data: Buffer) => heard.push(data.toString()));
    stream.write('lost, as the machine is off');
    for (const word of ['first', 'second']) {
      const { server, socket } = await listen(path);
      const machine = await socket;
      machine.write(word);
      while (!heard.includes(word)) await once(stream, 'data');
      stream.write('typed');
      const [typed] = (await once(machine, 'data')) as [Buffer];
      assert.equal(typed.toString(), 'typed');
      machine.destroy();
      server.close();
      await once(server, 'close');
    }
    assert.deepEqual(heard, ['first', 'second']);
    stream.destroy();
    await rm(directory, { recursive: true });
  });
});
