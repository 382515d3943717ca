import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { claimNode, endOperation, setPowerState } from '../../db/operations.ts';
import { recordErasure } from '../../db/erasures.ts';
import { movesOf } from '../../domain/provision-states.ts';
import { startWebhooks } from '../../worker/webhooks.ts';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';
import { addMachine } from '../support/world.ts';
import { until } from '../support/until.ts';

const SECRET = 'webhook-secret-9f3kQx72';
const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const RUN = '0f0e0d0c-0b0a-4908-8706-050403020100';

/** What a receiver was sent. */
interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: {
    id: number;
    type: string;
    node_uuid: string;
    operation_uuid: string | null;
    data: Record<string, unknown>;
  };
}

describe('webhooks', () => {
  let api: TestApi;
  let receiver: Server;
  let host: string;
  let received: Received[];
  /** What the receiver answers, one after the other; 204 afterwards. */
  let answers: number[];
  /** The nodes of which the receiver wants to hear nothing. */
  let deafTo: Set<string>;
  /** Answers that are not given yet: those to /hang, while it hangs. */
  let hanging: ServerResponse[];
  let hangs: boolean;

  before(async () => {
    receiver = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        const body = JSON.parse(text) as Received['body'];
        received.push({ path: request.url ?? '', headers: request.headers, text, body });
        if (hangs && request.url === '/hang') {
          hanging.push(response);
          return;
        }
        const status = deafTo.has(body.node_uuid) ? 500 : (answers.shift() ?? 204);
        response.writeHead(status, status === 302 ? { Location: '/elsewhere' } : {}).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    api = await startTestApi({ env: { ANNEAL_WEBHOOK_HOSTS: host, ANNEAL_PAYLOAD_KEY: KEY } });
  });
  beforeEach(() => {
    received = [];
    answers = [];
    deafTo = new Set();
    hanging = [];
    hangs = true;
  });
  afterEach(async () => {
    await api.database.pool.query('delete from webhooks');
  });
  after(async () => {
    await api?.close();
    receiver.closeAllConnections();
    receiver.close();
  });

  const subscribe = async (fields: object = {}) => {
    const body = { name: 'ops', url: `http://${host}/hook`, secret: SECRET, ...fields };
    return await api.request('POST', '/anneal/v1/webhooks', { body });
  };
  /** A machine whose making nobody is told of. */
  const machine = async () => {
    const made = await addMachine(api.database.pool, { provisionState: 'manageable' });
    const event = 'select id from node_events where node_uuid = $1::uuid';
    await api.database.pool.query(`delete from webhook_deliveries where event_id in (${event})`, [made.uuid]);
    return made;
  };
  const serve = async (served: () => boolean | Promise<boolean>, allowedHosts = [host]) => {
    const settings = { allowedHosts, payloadKey: Buffer.from(KEY, 'hex'), pollMs: 20, pauseAfter: () => 0.05 };
    const stop = startWebhooks(api.database.pool, settings, pino({ level: 'silent' }));
    try {
      await until('what was to be delivered', served, { everyMs: 20 });
    } finally {
      await stop();
    }
  };
  const patch = (...operations: object[]) => api.request('PATCH', '/anneal/v1/webhooks/ops', { body: operations });
  /** Has the power of a machine change so many times. */
  const flicker = async (nodeUuid: string, times: number) => {
    for (let time = 0; time < times; time += 1) {
      await setPowerState(api.database.pool, { nodeUuid, powerState: time % 2 === 0 ? 'power on' : 'power off' });
    }
  };
  /** The secrets of these that signed what was sent, in the order of the signatures. */
  const signersOf = ({ headers, text }: Received, secrets: readonly string[]): (string | undefined)[] => {
    const [time = '', ...digests] = String(headers['anneal-signature']).split(',');
    const digestOf = (secret: string) =>
      createHmac('sha256', secret)
        .update(`${time.replace('t=', '')}.${text}`)
        .digest('hex');
    return digests.map((digest) => secrets.find((secret) => `v1=${digestOf(secret)}` === digest));
  };
  const deliveries = async () => (await api.request('GET', '/anneal/v1/webhooks/ops/deliveries')).body.deliveries;

  it('are told of changes, in bodies that the receiver can prove to be ours', async () => {
    assert.equal((await subscribe({ events: ['power'] })).status, 201);
    const { uuid: nodeUuid } = await machine();
    await setPowerState(api.database.pool, { nodeUuid, powerState: 'power on' });
    await serve(() => received.length > 0);
    const [sent] = received as [Received];
    assert.equal(sent.path, '/hook');
    assert.equal(sent.headers['anneal-event'], 'power');
    assert.equal(sent.body.node_uuid, nodeUuid);
    assert.deepEqual(sent.body.data, { from: 'power off', to: 'power on' });
    const [, seconds = '', digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(sent.headers['anneal-signature'])) ?? [];
    assert.ok(Math.abs(Date.now() / 1000 - Number(seconds)) < 60);
    assert.equal(digest, createHmac('sha256', SECRET).update(`${seconds}.${sent.text}`).digest('hex'));
    const [delivery] = await deliveries();
    assert.deepEqual([delivery.state, delivery.attempts, delivery.last_status], ['delivered', 1, 204]);
  });

  it('are told of states, ends of operations and the proof of a cleaning', async () => {
    await subscribe();
    const { uuid: nodeUuid } = await machine();
    const { pool } = api.database;
    const claim = { nodeUuid, run: RUN, verb: 'provide', moves: movesOf('provide'), targets: {}, targetPower: null };
    await claimNode(pool, { ...claim, operation: 'cleanNode', hostname: 'w1', requestId: 'req-1', username: null });
    const disk = {
      device: '/dev/sda',
      serial: 'S1',
      wwn: null,
      model: null,
      sizeBytes: 1,
      method: 'shred',
      tool: 'ipa',
    };
    const proof = { verification: {}, result: 'accepted' as const, reason: null, startedAt: new Date().toISOString() };
    await recordErasure(pool, { nodeUuid, run: RUN, subject: 'disk', ...disk, ...proof });
    const ending = { nodeUuid, run: RUN, verb: 'provide', hostname: 'w1', event: 'clean', lastError: null };
    await endOperation(pool, { ...ending, moves: movesOf('done') });
    await serve(() => received.length >= 5);
    const types = received.map(({ body }) => body.type).toSorted();
    assert.deepEqual(types, ['cleaning proved', 'operation ended', 'operation started', 'state', 'state']);
    const proved = received.find(({ body }) => body.type === 'cleaning proved');
    assert.equal(proved?.body.operation_uuid, RUN);
    assert.equal(proved.body.data['waived'], false);
    assert.match(JSON.stringify(proved.body.data['records']), /"serial":"S1"/);
  });

  it('are tried again until the receiver takes it, also by another worker', async () => {
    await subscribe({ events: ['power'] });
    const { uuid: nodeUuid } = await machine();
    await setPowerState(api.database.pool, { nodeUuid, powerState: 'power on' });
    answers = [500, 302, 503];
    await serve(() => received.length === 2);
    await serve(async () => (await deliveries())[0].state === 'delivered');
    assert.deepEqual(
      received.map(({ path }) => path),
      ['/hook', '/hook', '/hook', '/hook'],
    );
    assert.equal(new Set(received.map(({ headers }) => headers['anneal-delivery'])).size, 1);
    assert.equal((await deliveries())[0].attempts, 4);
  });

  it('are delivered once by several workers at the same time', async () => {
    await subscribe({ events: ['power'] });
    for (let node = 0; node < 8; node += 1) {
      const { uuid: nodeUuid } = await machine();
      await setPowerState(api.database.pool, { nodeUuid, powerState: 'power on' });
    }
    const all = async () => (await deliveries()).every(({ state }: { state: string }) => state === 'delivered');
    await Promise.all([serve(all), serve(all), serve(all)]);
    assert.equal(received.length, 8);
  });

  it('tell of each node in the order of what happened, and wait with the rest while something fails', async () => {
    await subscribe({ events: ['power'] });
    const [patient, other] = [await machine(), await machine()];
    await flicker(patient.uuid, 5);
    deafTo.add(patient.uuid);
    await flicker(other.uuid, 5);
    const toldOf = (uuid: string) => received.filter(({ body }) => body.node_uuid === uuid).map(({ body }) => body.id);
    const both = (served: () => boolean) => Promise.all([serve(served), serve(served)]);
    await both(() => toldOf(other.uuid).length === 5 && toldOf(patient.uuid).length >= 3);
    assert.equal(new Set(toldOf(patient.uuid)).size, 1);
    deafTo.clear();
    await both(() => new Set(toldOf(patient.uuid)).size === 5);
    for (const { uuid } of [patient, other]) {
      const ids = toldOf(uuid);
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => a - b),
      );
    }
  });

  it('hold up no other when one hangs', async () => {
    await subscribe({ name: 'slow', url: `http://${host}/hang`, events: ['power'] });
    for (let node = 0; node < 12; node += 1) await flicker((await machine()).uuid, 1);
    await subscribe({ events: ['power'] });
    await flicker((await machine()).uuid, 3);
    let atOnce = 0;
    await serve(() => {
      const isTold = received.filter(({ path }) => path === '/hook').length === 3 && hanging.length >= 8;
      if (isTold) {
        atOnce = hanging.length;
        hangs = false;
        for (const response of hanging) response.writeHead(204).end();
      }
      return isTold;
    });
    assert.equal(atOnce, 8);
  });

  it('change by a JSON patch, and what waits goes by the new settings', async () => {
    await subscribe({ events: ['power'] });
    const { uuid: nodeUuid } = await machine();
    await flicker(nodeUuid, 1);
    const moved = await patch(
      { op: 'replace', path: '/url', value: `http://${host}/moved` },
      { op: 'add', path: '/events/-', value: 'state' },
    );
    assert.deepEqual([moved.status, moved.body.events], [200, ['power', 'state']], moved.text);
    await serve(() => received.length === 1);
    assert.equal(received[0]?.path, '/moved');
    assert.equal((await patch({ op: 'replace', path: '/url', value: 'http://169.254.169.254/' })).status, 400);
    assert.match(faultOf(await patch({ op: 'replace', path: '/events', value: [] })), /events/);
    assert.match(faultOf(await patch({ op: 'replace', path: '/secret', value: 'short' })), /16 to 255/);
    assert.match(faultOf(await patch({ op: 'add', path: '/previous_secret', value: SECRET })), /only be removed/);
    assert.match(faultOf(await patch({ op: 'remove', path: '/name' })), /name/);
    await subscribe({ name: 'second' });
    assert.equal((await patch({ op: 'replace', path: '/name', value: 'second' })).status, 409);
    assert.equal((await patch({ op: 'replace', path: '/name', value: 'first' })).body.name, 'first');
    assert.equal((await patch({ op: 'replace', path: '/name', value: 'x' })).status, 404);
  });

  it('change their secret while events are on their way: for a day both sign', async () => {
    const next = 'the-next-secret-4jWq81';
    await subscribe({ events: ['power'] });
    const { uuid: nodeUuid } = await machine();
    await flicker(nodeUuid, 1);
    const changed = await patch({ op: 'replace', path: '/secret', value: next });
    assert.deepEqual([changed.body.secret, changed.body.previous_secret], ['******', '******']);
    assert.ok(!changed.text.includes(next));
    const hours = (Date.parse(changed.body.previous_secret_until as string) - Date.now()) / 3_600_000;
    assert.ok(hours > 23 && hours <= 24, `${hours} h`);
    await patch({ op: 'replace', path: '/secret', value: '******' });
    await serve(() => received.length === 1);
    const { rows } = await api.database.pool.query<{ previous: string }>(
      'select previous_secret as previous from webhooks',
    );
    assert.match(rows[0]?.previous ?? '', /^sealed:/);
    await api.database.pool.query(`update webhooks set secret_changed_at = secret_changed_at - interval '24 hours'`);
    await flicker(nodeUuid, 2);
    await serve(() => received.length === 2);
    await patch({ op: 'replace', path: '/secret', value: SECRET });
    const dropped = await patch({ op: 'remove', path: '/previous_secret' });
    assert.deepEqual([dropped.body.previous_secret, dropped.body.previous_secret_until], [null, null]);
    await flicker(nodeUuid, 1);
    await serve(() => received.length === 3);
    assert.deepEqual(
      received.map((sent) => signersOf(sent, [SECRET, next])),
      [[next, SECRET], [next], [SECRET]],
    );
  });

  it('are given up after a day, listed, and made again when somebody says so', async () => {
    await subscribe({ events: ['power'] });
    const [lost, late] = [await machine(), await machine()];
    await flicker(lost.uuid, 2);
    await flicker(late.uuid, 1);
    deafTo.add(lost.uuid).add(late.uuid);
    const { pool } = api.database;
    await pool.query('update webhook_deliveries set attempts = 31 where node_uuid = $1::uuid', [lost.uuid]);
    const list = async (query: string) =>
      (await api.request('GET', `/anneal/v1/webhooks/ops/deliveries?${query}`)).body.deliveries as { id: number }[];
    await serve(async () => (await list('state=given%20up')).length === 2 && received.length > 3);
    const [second, first] = (await list('state=given%20up')) as [{ id: number }, { id: number }];
    assert.ok(second.id > first.id);
    assert.deepEqual(await list(`state=given%20up&before=${second.id}&limit=1`), [first]);
    await pool.query(
      `update webhook_deliveries set next_try_at = now() + interval '1 hour' where node_uuid = $1::uuid`,
      [late.uuid],
    );
    deafTo.clear();
    received = [];
    const path = '/anneal/v1/webhooks/ops/deliveries';
    const again = await api.request('POST', `${path}/${second.id}/retry`);
    assert.deepEqual([again.status, again.body.state, again.body.attempts], [202, 'waiting', 0]);
    await serve(() => received.length === 1);
    assert.equal((await api.request('GET', `${path}/${second.id}`)).body.state, 'delivered');
    const all = await api.request('POST', `${path}/retry`);
    assert.deepEqual([all.status, all.body], [202, { deliveries: 2 }]);
    await serve(() => received.length === 3);
    assert.equal((await api.request('POST', `${path}/${first.id}/retry`)).status, 202);
    await serve(() => received.length === 4);
    for (const id of ['1234567890', 'x']) {
      assert.equal((await api.request('POST', `${path}/${id}/retry`)).status, 404, id);
    }
    const others = await subscribe({ name: 'others' });
    assert.equal(others.status, 201);
    assert.equal((await api.request('GET', `/anneal/v1/webhooks/others/deliveries/${first.id}`)).status, 404);
  });

  it('go to no host that the operator did not name, now or later', async () => {
    for (const url of [`http://127.0.0.1:1/`, 'http://169.254.169.254/latest', `http://user@${host}/`]) {
      const answer = await subscribe({ url });
      assert.equal(answer.status, 400, url);
      assert.match(faultOf(answer), /ANNEAL_WEBHOOK_HOSTS/);
    }
    await subscribe({ events: ['power'] });
    const { uuid: nodeUuid } = await machine();
    await setPowerState(api.database.pool, { nodeUuid, powerState: 'power on' });
    await serve(async () => (await deliveries())[0].attempts > 1, ['hooks.example.com']);
    assert.equal(received.length, 0);
    assert.match((await deliveries())[0].last_error, /does not allow this host/);
  });

  it('keep their secret: sealed in the database, and in no answer', async () => {
    const made = await subscribe();
    assert.equal(made.body.secret, '******');
    const { rows } = await api.database.pool.query<{ secret: string }>('select secret from webhooks');
    assert.match(rows[0]?.secret ?? '', /^sealed:/);
    const texts = [made.text, rows[0]?.secret ?? ''];
    for (const path of ['', '/ops', '/ops/deliveries']) {
      texts.push((await api.request('GET', `/anneal/v1/webhooks${path}`)).text);
    }
    assert.ok(texts.every((text) => !text.includes(SECRET)));
  });

  it('are kept by name, and refused when they do not fit', async () => {
    await subscribe();
    assert.equal((await subscribe()).status, 409);
    assert.match(faultOf(await subscribe({ secret: 'short' })), /secret/);
    assert.match(faultOf(await subscribe({ events: ['weather'] })), /events/);
    assert.equal((await api.request('DELETE', '/anneal/v1/webhooks/ops')).status, 204);
    assert.equal((await api.request('GET', '/anneal/v1/webhooks/ops')).status, 404);
  });
});
