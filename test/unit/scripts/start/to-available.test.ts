import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabState } from '../../../../lab/state.ts';
import { ApiClient, type NodeView } from '../../../../scripts/start/api-client.ts';
import { Display } from '../../../../scripts/start/display.ts';
import { Expectations } from '../../../../scripts/start/expectations.ts';
import { refuseStrangers, toAvailable } from '../../../../scripts/start/to-available.ts';
import type { Traveller } from '../../../../scripts/start/traveller.ts';

const MACHINE = { name: 'node-1', uuid: 'u-1', bmc: { address: '172.31.10.11' }, paths: { pidFile: '/nowhere' } };
// No process has its pid: the machine is off.
const LAB = { name: 'lab', nodes: [MACHINE], processes: {} } as unknown as LabState;

const aNode = (state: string, more: Partial<NodeView> = {}) => ({
  uuid: 'u-1',
  name: 'node-1',
  provision_state: state,
  last_error: null,
  maintenance: false,
  maintenance_reason: null,
  fault: null,
  ...more,
});

describe('taking a machine of the lab to available', () => {
  let server: Server;
  let folder: string;
  /** What the API shows of the node, one look after the other; the last stays. */
  let looks: object[];
  let asked: string[];
  let written: string;

  beforeEach(async () => {
    [asked, written] = [[], ''];
    folder = await mkdtemp(join(tmpdir(), 'anneal-journey-'));
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        if (request.method === 'PUT') asked.push((JSON.parse(body) as { target: string }).target);
        const answer = /inventory$|erasures$/.test(request.url ?? '') ? { erasures: [] } : look(request.method);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const look = (method: string | undefined) => (method === 'GET' && looks.length > 1 ? looks.shift() : looks[0]);

  const traveller = async (): Promise<Traveller> => {
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const api = new ApiClient(`http://127.0.0.1:${address.port}`);
    const display = new Display({ write: (text) => (written += text) });
    const expectations = await Expectations.read(join(folder, 'expectations.json'));
    const tools = { api, display, expectations, lab: LAB, artifacts: {}, machine: MACHINE, address: '' };
    return { ...tools, track: display.track('node-1') } as unknown as Traveller;
  };

  it('shows the end of what an earlier run began in a row of its own', async () => {
    looks = [aNode('cleaning'), aNode('cleaning'), aNode('cleaning'), aNode('available')];
    await toAvailable(await traveller());
    assert.match(written, /… node-1 +rest of cleaning\n/);
    assert.match(written, /✔ node-1 +rest of cleaning in \d s {2}an earlier run began it; now available\n/);
    assert.deepEqual(asked, []);
  });

  it('does not wait for the agent of a machine that was switched off with the earlier run', async () => {
    const [waits, failed] = [aNode('clean wait'), aNode('clean failed', { last_error: 'Aborted' })];
    looks = [waits, waits, waits, failed, failed, failed, aNode('available')];
    await toAvailable(await traveller());
    assert.match(written, /✘ node-1 +rest of clean wait in \d s {2}node-1 is in "clean failed": Aborted\n/);
    assert.deepEqual(asked.slice(0, 2), ['abort', 'manage']);
  });

  it('goes on when that ended badly', async () => {
    const failed = aNode('clean failed', { last_error: 'no agent' });
    looks = [aNode('cleaning'), aNode('cleaning'), failed, failed, failed, aNode('available')];
    await toAvailable(await traveller());
    assert.match(written, /✘ node-1 +rest of cleaning in \d s {2}node-1 is in "clean failed": no agent\n/);
    assert.equal(asked[0], 'manage');
  });

  it('says that the BMC answers only where it was asked', async () => {
    for (const [state, said] of [
      ['enroll', /verify the BMC in \d s {2}172\.31\.10\.11 answers\n/],
      ['inspect failed', /leave the failed state in \d s\n/],
    ] as const) {
      looks = [aNode(state), aNode(state), aNode(state), aNode('available')];
      await toAvailable(await traveller());
      assert.match(written, said);
    }
    assert.equal(written.match(/answers/g)?.length, 1);
  });

  it('ends at a node in maintenance, with the reason and the way out', async () => {
    const maintenance = { maintenance: true, fault: 'undo failure', maintenance_reason: 'the port is open' };
    looks = [aNode('inspect failed', { ...maintenance, fault: null })];
    const [way, message] = ['baremetal node maintenance unset node-1', 'node-1 is in maintenance'];
    await assert.rejects(toAvailable(await traveller()), (error: Error) => {
      assert.ok(error.message.startsWith(`${message} (the port is open)`), error.message);
      assert.ok(error.message.includes(way), error.message);
      return true;
    });
    assert.deepEqual(asked, []);

    // The cleaning that comes first may mend it.
    looks = [aNode('clean failed', maintenance), aNode('clean failed', maintenance), aNode('available', maintenance)];
    await assert.rejects(toAvailable(await traveller()), /fault "undo failure": the port is open/);
    assert.deepEqual(asked, ['manage']);
  });

  it('refuses when the database knows the name as another machine', async () => {
    looks = [aNode('available', { uuid: 'u-2' })];
    await assert.rejects(refuseStrangers(await traveller()), /node-1 as a machine of another lab.*--nodes 1 --new/);
    looks = [aNode('available')];
    await refuseStrangers(await traveller());
  });
});
