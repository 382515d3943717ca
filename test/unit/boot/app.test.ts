import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createBootApp } from '../../../boot/app.ts';
import { openAgentSession } from '../../../db/agent-sessions.ts';
import { cachedImagePath } from '../../../drivers/images/cache-layout.ts';
import { insertBareNode } from '../../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const SHA256 = 'a'.repeat(64);
const MAC = '52:54:00:b0:07:01';

describe('boot service', () => {
  let database: TestDatabase;
  let folder: string;
  let server: Server;
  let origin: string;
  const image = randomBytes(100_000);

  before(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'anneal-boot-'));
    await writeFile(join(folder, 'vmlinuz'), 'kernel bytes');
    await writeFile(join(folder, 'initrd'), 'initrd bytes');
    await writeFile(cachedImagePath(folder, SHA256), image);
    await writeFile(join(folder, 'secret.json'), '{}');
    const artifacts = { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd'), rootfs: undefined };
    const agent = { apiUrl: 'http://{host}:6385', kernelParams: 'quiet', collectLldp: false };
    const log = pino({ level: 'silent' });
    server = createServer(createBootApp({ db: database.pool, log, agent, artifacts, imageCache: folder }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await database.close();
    await rm(folder, { recursive: true });
  });

  async function addNode(state: string): Promise<string> {
    const uuid = randomUUID();
    await insertBareNode(database.pool, { uuid, driver: 'ipmi', provision_state: state });
    await database.pool.query('insert into ports (uuid, node_uuid, address) values ($1, $2, $3)', [
      randomUUID(),
      uuid,
      MAC,
    ]);
    return uuid;
  }

  async function script(query = ''): Promise<string> {
    const response = await fetch(`${origin}/boot.ipxe${query}`);
    assert.equal(response.status, 200);
    return response.text();
  }

  it('lets a machine ask again with its address', async () => {
    assert.ok((await script()).includes(`chain --replace ${origin}/boot.ipxe?mac=\${netX/mac}`));
  });

  it('boots the agent while a session is open, and the next device before and after', async () => {
    const nodeUuid = await addNode('clean wait');
    assert.match(await script(`?mac=${MAC}`), /no agent to boot\nexit 1/);
    await openAgentSession(database.pool, { nodeUuid, bootId: `${randomUUID()}:1`, network: 'inspection' });
    await script(`?mac=${MAC}`);
    const booting = await script(`?mac=${MAC}`);
    assert.ok(
      booting.includes(`kernel ${origin}/artifacts/kernel initrd=agent.initrd ipa-api-url=http://127.0.0.1:6385`),
    );
    assert.ok(booting.includes('ipa-inspection-callback-url=http://127.0.0.1:6385/v1/continue_inspection'));
    assert.ok(booting.includes('BOOTIF=01-52-54-00-b0-07-01') && booting.includes(' quiet '));
    const { rows } = await database.pool.query('select event from node_history where node_uuid = $1', [nodeUuid]);
    assert.deepEqual(rows, [{ event: `Machine loads the agent by ${MAC} on the inspection network` }]);
    await database.pool.query(`update nodes set provision_state = 'active' where uuid = $1`, [nodeUuid]);
    assert.match(await script(`?mac=${MAC}`), /exit 1/);
  });

  it('sends a stranger to its next boot device', async () => {
    assert.match(await script('?mac=52:54:00:00:00:00'), /exit 1/);
    assert.match(await script("?mac='"), /exit 1/);
  });

  it('uses the connection’s own address when the Host header is no address', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const asked = httpRequest(`${origin}/boot.ipxe`, { headers: { host: 'evil;reboot' } }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
      asked.on('error', reject).end();
    });
    assert.ok(text.includes(`chain --replace ${origin}/boot.ipxe`) && !text.includes('evil'));
  });

  it('serves kernel and ramdisk, and nothing that isn’t one of them', async () => {
    assert.equal(await (await fetch(`${origin}/artifacts/kernel`)).text(), 'kernel bytes');
    assert.equal(await (await fetch(`${origin}/artifacts/initrd`)).text(), 'initrd bytes');
    for (const path of ['artifacts/rootfs', 'artifacts/constructor', 'artifacts/..%2fsecret.json', 'secret.json']) {
      assert.equal((await fetch(`${origin}/${path}`)).status, 404, path);
    }
  });

  it('serves cached images, whole and by ranges', async () => {
    const whole = await fetch(`${origin}/images/${SHA256}`);
    assert.equal(whole.headers.get('content-length'), '100000');
    assert.ok(image.equals(Buffer.from(await whole.arrayBuffer())));
    const part = await fetch(`${origin}/images/${SHA256}`, { headers: { range: 'bytes=10-19' } });
    assert.equal(part.status, 206);
    assert.ok(image.subarray(10, 20).equals(Buffer.from(await part.arrayBuffer())));
    const beyond = await fetch(`${origin}/images/${SHA256}`, { headers: { range: 'bytes=200000-' } });
    assert.equal(beyond.status, 416);
  });

  it('knows nothing of images that aren’t there, and of names that are no SHA-256', async () => {
    for (const name of ['b'.repeat(64), 'A'.repeat(64), `${SHA256}.json`, '..%2fsecret.json', 'secret.json']) {
      assert.equal((await fetch(`${origin}/images/${name}`)).status, 404, name);
    }
  });

  it('says that it lives, and asks for patience when the database is gone', async () => {
    assert.deepEqual(await (await fetch(`${origin}/healthz`)).json(), { status: 'ok' });
    const db = { query: () => Promise.reject(new Error('connection refused')) } as never;
    const artifacts = { kernel: '', initrd: '', rootfs: undefined };
    const agent = { apiUrl: '', kernelParams: '', collectLldp: false };
    const log = pino({ level: 'silent' });
    const broken = createServer(createBootApp({ db, log, agent, artifacts, imageCache: folder })).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => broken.once('listening', resolve));
    const answer = await fetch(`http://127.0.0.1:${(broken.address() as AddressInfo).port}/boot.ipxe?mac=${MAC}`);
    assert.equal(answer.status, 503);
    broken.close();
    broken.closeAllConnections();
  });
});
