import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { ApiClient } from '../../../../scripts/start/api-client.ts';
import { provision } from '../../../../scripts/start/provision.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const node = (state: string, lastError: string | null = null): Answer => ({
  status: 200,
  body: {
    uuid: 'u',
    name: 'node-1',
    provision_state: state,
    last_error: lastError,
    clean_step: null,
    deploy_step: null,
  },
});
const fault = (status: number, text: string): Answer => ({
  status,
  body: { error_message: JSON.stringify({ faultcode: 'Client', faultstring: text, debuginfo: null }) },
});

describe('asking for a provision state', () => {
  let server: Server;
  let gets: Answer[];
  let puts: Answer[];
  let putCount: number;

  beforeEach(async () => {
    putCount = 0;
    server = createServer((request, response) => {
      request.resume();
      if (request.method === 'PUT') putCount += 1;
      const queue = request.method === 'PUT' ? puts : gets;
      const answer = (queue.length > 1 ? queue.shift() : queue[0]) ?? fault(500, 'nothing prepared');
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = () => {
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    return provision(new ApiClient(`http://127.0.0.1:${address.port}`), 'node-1', { target: 'provide' });
  };

  it('waits until the operation ended', async () => {
    puts = [{ status: 202, body: {} }];
    gets = [node('manageable'), node('cleaning'), node('clean wait'), node('available')];
    assert.equal((await ask()).provision_state, 'available');
    assert.equal(putCount, 1);
  });

  it('does not ask twice when the answer was lost but the node has left its state', async () => {
    puts = [fault(503, 'no worker answered in time')];
    gets = [node('manageable'), node('cleaning'), node('available')];
    assert.equal((await ask()).provision_state, 'available');
    assert.equal(putCount, 1);
  });

  it('asks again when nothing was taken', async () => {
    puts = [fault(503, 'Temporal does not answer'), { status: 202, body: {} }];
    gets = [node('manageable'), node('manageable'), node('cleaning'), node('available')];
    assert.equal((await ask()).provision_state, 'available');
    assert.equal(putCount, 2);
  });

  it('gives the refusal of the API in its own words', async () => {
    puts = [fault(400, 'The requested action "provide" can not be performed')];
    gets = [node('active')];
    await assert.rejects(ask(), /400 The requested action "provide" can not be performed/);
  });

  it('gives the last error of a node whose operation failed', async () => {
    puts = [{ status: 202, body: {} }];
    gets = [node('manageable'), node('cleaning'), node('clean failed', 'disk X was not erased')];
    await assert.rejects(ask(), /node-1 is in "clean failed": disk X was not erased/);
  });
});
