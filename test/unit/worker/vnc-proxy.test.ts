import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createWebSocketStream, WebSocket } from 'ws';
import { closeConsoleSession, getConsoleToken, openConsoleSession } from '../../../db/device-changes.ts';
import { createDrivers } from '../../../drivers/hardware-types.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { startVncProxy } from '../../../worker/vnc-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { insertTestNode } from '../drivers/a-node.ts';
import { until } from '../../support/until.ts';

describe('graphical consoles over a websocket', () => {
  let database: TestDatabase;
  let host: string;
  let stop: () => Promise<void>;
  before(async () => {
    database = await createTestDatabase();
    const [port = 0] = await freePorts(1);
    host = `127.0.0.1:${port}`;
    const log = pino({ level: 'silent' });
    const drivers = createDrivers({ db: database.pool, log });
    const parts = { db: database.pool, drivers, log, site: '' };
    stop = await startVncProxy(parts, { address: '127.0.0.1', port, checkMs: 20 });
  });
  after(async () => {
    await stop?.();
    await database?.close();
  });

  const addConsole = async (lastsS = 60) => {
    const { uuid } = await insertTestNode(database.pool, { name: `screen-${Math.random().toString(36).slice(2)}` });
    await openConsoleSession(database.pool, uuid, lastsS);
    return { uuid, token: (await getConsoleToken(database.pool, uuid)) ?? '' };
  };
  const connect = (token: string, headers = {}) => new WebSocket(`ws://${host}/websockify?token=${token}`, { headers });
  const refused = async (webSocket: WebSocket) => {
    const [error] = (await once(webSocket, 'error')) as [Error];
    assert.match(error.message, /403/);
  };

  it('show the machine’s screen to whoever has a good token, and take keys', async () => {
    const { token } = await addConsole();
    const webSocket = connect(token);
    const stream = createWebSocketStream(webSocket);
    const take = taker(stream);
    // RFC 6143 §7.1, §7.3: version, no authentication, init.
    assert.equal((await take(12)).toString(), 'RFB 003.008\n');
    stream.write('RFB 003.008\n');
    assert.deepEqual([...(await take(2))], [1, 1]);
    stream.write(Buffer.from([1]));
    assert.deepEqual([...(await take(4))], [0, 0, 0, 0]);
    stream.write(Buffer.from([1]));
    const init = await take(24);
    assert.deepEqual([init.readUInt16BE(0), init.readUInt16BE(2)], [640, 400]);
    assert.match((await take(init.readUInt32BE(20))).toString(), /^screen-/);
    // §7.5.3, §7.6.1: the first two pixels, then, after a key (§7.5.4), what is new of them.
    const ask = (incremental: number) => stream.write(Buffer.from([3, incremental, 0, 0, 0, 0, 0, 2, 0, 1]));
    const WHITE = [255, 255, 255, 0];
    const YELLOW = [0, 255, 255, 0];
    ask(0);
    assert.deepEqual([...(await take(24))].slice(4), [0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, ...WHITE, ...WHITE]);
    ask(1);
    stream.write(Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]));
    assert.deepEqual([...(await take(24))].slice(16), [...YELLOW, ...YELLOW]);
    webSocket.close();
    await once(webSocket, 'close');
  });

  it('end with their token: when it expires, and when the console is switched off', async () => {
    for (const end of [
      (uuid: string) => closeConsoleSession(database.pool, uuid),
      (uuid: string) =>
        database.pool.query(`update console_sessions set expires_at = now() where node_uuid = $1::uuid`, [uuid]),
    ]) {
      const { uuid, token } = await addConsole();
      const webSocket = connect(token);
      await once(webSocket, 'open');
      await sleep(60);
      assert.equal(webSocket.readyState, WebSocket.OPEN);
      await end(uuid);
      const [code] = (await once(webSocket, 'close')) as [number];
      assert.equal(code, 1008);
      await refused(connect(token));
    }
  });

  it('are refused without a token, with a wrong one, and to a page of somebody else’s', async () => {
    const { token } = await addConsole();
    await refused(connect(''));
    await refused(connect('nonsense'));
    await refused(connect(token, { origin: 'https://elsewhere.example' }));
    await refused(new WebSocket(`ws://${host}/other?token=${token}`));
    const webSocket = connect(token, { origin: `http://${host}` });
    await once(webSocket, 'open');
    webSocket.terminate();
  });

  it('are refused to somebody of another site', async () => {
    const { uuid, token } = await addConsole();
    await database.pool.query(`update nodes set conductor_group = 'far' where uuid = $1::uuid`, [uuid]);
    await refused(connect(token));
  });

  it('come with the page and the client that a browser needs', async () => {
    const page = await (await fetch(`http://${host}/vnc_lite.html?path=websockify`)).text();
    const [, module = ''] = /import RFB from '([^']+)'/.exec(page) ?? [];
    const answer = await fetch(`http://${host}${module}`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /javascript/);
    assert.match(await answer.text(), /export default class RFB/);
    assert.equal((await fetch(`http://${host}/novnc/../package.json`)).status, 404);
  });
});

/** Reads so many bytes after those that were read before. */
function taker(stream: NodeJS.ReadableStream): (count: number) => Promise<Buffer> {
  let read = Buffer.alloc(0);
  stream.on('data', (bytes: Buffer) => (read = Buffer.concat([read, bytes])));
  return async (count) => {
    await until(
      () => `${count} bytes but ${read.length}`,
      () => read.length >= count,
      { everyMs: 5 },
    );
    const head = read.subarray(0, count);
    read = read.subarray(count);
    return head;
  };
}
