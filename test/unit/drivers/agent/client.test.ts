import assert from 'node:assert/strict';
import { createAgentClient, type AgentTarget } from '../../../../drivers/agent/client.ts';
import {
  makeAgentCertificate,
  startAgentServer,
  type AgentCertificate,
  type AgentServer,
} from '../../../support/agent-server.ts';

describe('agent client', () => {
  let certificate: AgentCertificate;
  let server: AgentServer;
  let target: AgentTarget;
  const client = createAgentClient({ connectTimeoutMs: 2000, answerTimeoutMs: 2000 });

  before(async () => {
    certificate = await makeAgentCertificate();
  });
  beforeEach(async () => {
    server = await startAgentServer(certificate);
    server.scripts.set('standby.sync', (_params, done) => done({}));
    target = { nodeUuid: 'node-1', callbackUrl: server.url, verifyCa: certificate.cert, token: server.token };
  });
  afterEach(() => server.close());
  after(() => client.close());

  /** The call fails with this code, in these words, and without the token. */
  async function fails(call: Promise<unknown>, code: string, words: RegExp): Promise<void> {
    await assert.rejects(call, (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      assert.ok(!JSON.stringify(error, Object.getOwnPropertyNames(error)).includes(target.token));
      assert.equal(error.cause, undefined);
      return true;
    });
  }

  it('reads status and commands over TLS that trusts the agent’s own certificate', async () => {
    assert.deepEqual(await client.getStatus(target), { startedAt: 1700000000.5, version: '13.0.0' });
    assert.deepEqual(await client.listCommands(target), []);
    const command = await client.startCommand(target, 'standby.sync', {});
    assert.equal(command.status, 'SUCCEEDED');
    assert.deepEqual(await client.getCommand(target, command.id), command);
    assert.deepEqual(server.started, [{ name: 'standby.sync', params: {} }]);
  });

  it('trusts no other certificate', async () => {
    const verifyCa = (await makeAgentCertificate()).cert;
    await fails(client.getStatus({ ...target, verifyCa }), 'AgentUnreachable', /another certificate than the one/);
  });

  it('trusts the certificate for its own address only', async () => {
    const elsewhere = await startAgentServer(await makeAgentCertificate('192.0.2.7'));
    const wrong = { ...target, callbackUrl: elsewhere.url, verifyCa: elsewhere.certificate.cert };
    await fails(client.getStatus(wrong), 'AgentUnreachable', /its certificate is for another address/);
    await elsewhere.close();
  });

  it('names node and address when nobody listens', async () => {
    await server.close();
    const words =
      /Could not read the status of the agent of node node-1 at https:\/\/127\.0\.0\.1:\d+: the connection was refused/;
    await fails(client.getStatus(target), 'AgentUnreachable', words);
  });

  it('says that the agent was restarted when it knows the token or the command no more', async () => {
    await fails(client.getCommand(target, 'no-such-id'), 'AgentLost', /restarted since the command began/);
    server.restart();
    await fails(client.listCommands(target), 'AgentLost', /Token invalid.*restarted since its lookup/);
  });

  it('says that the agent is busy', async () => {
    server.scripts.set('clean.execute_clean_step', () => {});
    await client.startCommand(target, 'clean.execute_clean_step', {});
    await fails(
      client.startCommand(target, 'standby.sync', {}),
      'AgentBusy',
      /busy: executing command execute_clean_step/,
    );
  });

  it('gives the agent’s own words when it refuses a command, the token masked', async () => {
    await fails(
      client.startCommand(target, 'standby.dance', {}),
      'AgentCommandFailed',
      /Unknown command: standby\.dance/,
    );
    server.broken = 500;
    await fails(client.listCommands(target), 'AgentUnreachable', /agent_token=\*{6} \(HTTP 500\)/);
  });

  it('stops when the signal says so', async () => {
    const stop = new AbortController();
    stop.abort(new Error('cancelled'));
    await assert.rejects(client.getStatus(target, stop.signal), /cancelled/);
  });
});
