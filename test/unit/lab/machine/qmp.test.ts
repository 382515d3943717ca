import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { QmpConnection } from '../../../../lab/machine/qmp.ts';
import type { QmpEvent } from '../../../../lab/machine/qmp.ts';

const GREETING = '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}\r\n';

describe('QmpConnection', () => {
  let directory = '';
  let server: Server;
  let peer: Socket | undefined;
  /** What the server says to each command. */
  let answers: Record<string, string> = {};

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anneal-unit-'));
    answers = { qmp_capabilities: '"return": {}' };
    server = createServer((socket) => {
      peer = socket;
      socket.write(GREETING);
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const { execute, id } = JSON.parse(data.toString()) as { execute: string; id: number };
        const answer = answers[execute];
        if (answer === undefined) socket.destroy();
        else socket.write(`{${answer}, "id": ${id}}\r\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(join(directory, 'qmp'), resolve));
  });
  afterEach(async () => {
    peer?.destroy();
    server.close();
    await rm(directory, { recursive: true });
  });

  it('leaves the negotiation mode and runs commands', async () => {
    answers['query-status'] = '"return": {"status": "running"}';
    const qmp = await QmpConnection.open(join(directory, 'qmp'));
    assert.deepEqual(await qmp.execute('query-status'), { status: 'running' });
    qmp.close();
  });

  it("tells QEMU's own words when a command is refused", async () => {
    answers['inject-nmi'] = '"error": {"class": "GenericError", "desc": "machine does not provide NMIs"}';
    const qmp = await QmpConnection.open(join(directory, 'qmp'));
    await assert.rejects(qmp.execute('inject-nmi'), /QEMU refused: machine does not provide NMIs/);
    qmp.close();
  });

  it('gives events also when they come in pieces', async () => {
    const qmp = await QmpConnection.open(join(directory, 'qmp'));
    const event = new Promise<QmpEvent>((resolve) => qmp.once('event', resolve));
    peer?.write('{"timestamp": {"seconds": 1}, "event": "RES');
    setTimeout(() => peer?.write('ET", "data": {"guest": true}}\r\n'), 20);
    assert.deepEqual(await event, { event: 'RESET', data: { guest: true } });
    qmp.close();
  });

  it('fails what waits when QEMU ends', async () => {
    const qmp = await QmpConnection.open(join(directory, 'qmp'));
    const closed = new Promise<void>((resolve) => qmp.once('close', resolve));
    await assert.rejects(qmp.execute('quit'), /QEMU ended/);
    await closed;
  });

  it('names a monitor that is not there', async () => {
    await assert.rejects(QmpConnection.open(join(directory, 'none')), /can't be reached/);
  });
});
