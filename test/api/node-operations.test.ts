import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ANNEAL_MEDIA } from '../../api/media.ts';
import { faultOf, startTestApi } from '../support/api.ts';
import { startStack, type Stack } from '../support/stack.ts';

const headers = { Accept: ANNEAL_MEDIA };

/** One server-sent event. */
interface Sent {
  readonly id: number;
  readonly event: string;
  readonly data: { type: string; data: Record<string, unknown>; operation_uuid: string };
}

describe('API of operations', () => {
  let stack: Stack;
  before(async () => (stack = await startStack()));
  after(() => stack?.close());

  async function operationsOf(uuid: string, query = '') {
    const answer = await stack.request('GET', `/v1/nodes/${uuid}/operations${query}`, { headers });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('Content-Type'), ANNEAL_MEDIA);
    return JSON.parse(answer.text);
  }

  async function* follow(
    path: string,
    more: Record<string, string> = {},
    { url = stack.url, signal }: { url?: string; signal?: AbortSignal } = {},
  ): AsyncGenerator<Sent> {
    const response = await fetch(`${url}${path}`, {
      headers: { Accept: 'text/event-stream', ...more },
      ...(signal && { signal }),
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('Content-Type'), 'text/event-stream');
    assert.ok(response.body);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
        if (fields['data'] === undefined) continue;
        yield { id: Number(fields['id']), event: fields['event'], data: JSON.parse(fields['data']) };
      }
    }
  }

  async function cleaned(driver_info: object = {}): Promise<string> {
    const uuid = await stack.addNode({ driver_info });
    for (const [target, state] of [
      ['manage', 'manageable'],
      ['provide', 'available'],
    ] as const) {
      assert.equal((await stack.provision(uuid, { target })).status, 202);
      await stack.awaitState(uuid, state);
    }
    return uuid;
  }

  it('shows every operation with steps, tries, device answers and where it ran', async () => {
    const fake_faults = { 'power.setPowerState': { times: 1, code: 'BmcBusy', when: 'before' } };
    const uuid = await cleaned({ fake_faults });
    const { operations } = await operationsOf(uuid);
    assert.deepEqual(
      operations.map(({ verb, operation, outcome }: Record<string, string>) => [verb, operation, outcome]),
      [
        ['provide', 'cleanNode', 'done'],
        ['manage', 'manageNode', 'done'],
      ],
    );
    const [clean] = operations;
    assert.match(clean.request_id, /^req-/);
    assert.deepEqual(clean.temporal, { workflow_id: `node:${uuid}`, run_id: clean.uuid });
    assert.equal(clean.host, 'test-worker');
    assert.ok(clean.duration_s > 0);
    assert.deepEqual(
      clean.states.map(({ state }: { state: string }) => state),
      ['cleaning', 'available'],
    );
    const [erase] = clean.steps;
    assert.deepEqual([erase.kind, erase.interface, erase.step], ['clean', 'deploy', 'erase_devices']);
    assert.ok(erase.ended_at >= erase.started_at);
    const boots = clean.calls.filter(({ call }: { call: string }) => call === 'bootAgent');
    assert.deepEqual(
      boots.map(({ attempt, outcome, code }: Record<string, unknown>) => [attempt, outcome, code]),
      [
        [1, 'failed', 'BmcBusy'],
        [2, 'done', null],
      ],
    );
    assert.deepEqual(boots[0].answers.at(-1), { device: 'bmc', action: 'power on', answer: 'BmcBusy', times: 1 });
    assert.ok(
      boots[1].answers.some(
        ({ action, answer }: Record<string, string>) => action === 'read power' && answer === 'power on',
      ),
      JSON.stringify(boots[1]),
    );
    const stepCall = clean.calls.find(({ call }: { call: string }) => call === 'runDriverStep');
    assert.equal(stepCall.step, 'deploy.erase_devices');
  });

  it('pages, and shows one', async () => {
    const uuid = await cleaned();
    const first = await operationsOf(uuid, '?limit=1');
    assert.equal(first.operations.length, 1);
    const query = new URL(first.next).search;
    const second = await operationsOf(uuid, query);
    assert.equal(second.operations[0].verb, 'manage');
    const path = `/v1/nodes/${uuid}/operations`;
    const one = await stack.request('GET', `${path}/${second.operations[0].uuid}`, { headers });
    assert.deepEqual(JSON.parse(one.text), second.operations[0]);
    for (const wrong of [randomUUID(), 'x']) {
      const answer = await stack.request('GET', `${path}/${wrong}`, { headers });
      assert.equal(answer.status, 404);
      assert.match(faultOf(answer), /has no operation/);
    }
  });

  it('is not there for clients of Ironic', async () => {
    const uuid = await stack.addNode();
    const paths = ['operations', `operations/${randomUUID()}`, `operations/${randomUUID()}/events`];
    for (const accept of ['application/json', '*/*', '']) {
      for (const path of paths) {
        const answer = await stack.request('GET', `/v1/nodes/${uuid}/${path}`, { headers: { Accept: accept } });
        assert.equal(answer.status, 404, `${accept} ${path}`);
      }
    }
    const post = await stack.request('POST', `/v1/nodes/${uuid}/operations`, { headers, body: {} });
    assert.equal(post.status, 404);
  });

  it('streams live progress until the operation ends', async () => {
    const uuid = await stack.addNode({ driver_info: { fake_clean_delay_s: 2 } });
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    await stack.provision(uuid, { target: 'provide' });
    const run = (await operationsOf(uuid)).operations[0];
    assert.equal(run.outcome, 'running');
    assert.equal(run.ended_at, null);
    const seen: Sent[] = [];
    const lags: number[] = [];
    for await (const event of follow(`/v1/nodes/${uuid}/operations/${run.uuid}/events`)) {
      seen.push(event);
      lags.push(Date.now() - Date.parse((event.data as unknown as { at: string }).at));
    }
    const types = seen.map(({ event }) => event);
    assert.equal(types[0], 'operation-started');
    assert.equal(types.at(-1), 'operation-ended');
    assert.ok(types.includes('step') && types.includes('call-started') && types.includes('call-ended'), String(types));
    assert.ok((lags.at(-1) ?? Infinity) < 5000, 'the end is told when it comes');
    assert.deepEqual(
      seen.map(({ id }) => id),
      seen.map(({ id }) => id).toSorted((a, b) => a - b),
    );
    assert.ok(seen.every(({ data }) => data.operation_uuid === run.uuid));
  });

  it('goes on where a client was, also by another api process, and tells it when all is said', async () => {
    const uuid = await stack.addNode({ driver_info: { fake_clean_delay_s: 1 } });
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    await stack.provision(uuid, { target: 'provide' });
    const run = (await operationsOf(uuid)).operations[0];
    const path = `/v1/nodes/${uuid}/operations/${run.uuid}/events`;
    const cut = new AbortController();
    const before: number[] = [];
    for await (const { id } of follow(path, {}, { signal: cut.signal })) {
      before.push(id);
      if (before.length === 2) break;
    }
    cut.abort();
    const other = await startTestApi({ database: stack.database, registersWorker: false });
    const after: number[] = [];
    const place = { 'Last-Event-ID': String(before.at(-1)) };
    for await (const { id } of follow(path, place, { url: other.url })) after.push(id);
    await other.close();
    const whole: number[] = [];
    for await (const { id } of follow(path)) whole.push(id);
    assert.deepEqual([...before, ...after], whole);
    const again = await stack.request('GET', path, {
      headers: { ...headers, 'Last-Event-ID': String(whole.at(-1)) },
    });
    assert.equal(again.status, 204);
    const bad = await stack.request('GET', path, { headers: { ...headers, 'Last-Event-ID': 'x' } });
    assert.equal(bad.status, 400);
  });
});
