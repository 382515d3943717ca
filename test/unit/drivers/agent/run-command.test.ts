import assert from 'node:assert/strict';
import { createAgentClient } from '../../../../drivers/agent/client.ts';
import {
  runAgentCommand,
  type AgentCommandProgress,
  type RunAgentCommand,
} from '../../../../drivers/agent/run-command.ts';
import {
  makeAgentCertificate,
  startAgentServer,
  type AgentCertificate,
  type AgentServer,
} from '../../../support/agent-server.ts';

const NAME = 'clean.execute_clean_step';

describe('runAgentCommand', () => {
  let certificate: AgentCertificate;
  let server: AgentServer;
  let run: RunAgentCommand;
  const client = createAgentClient();

  before(async () => {
    certificate = await makeAgentCertificate();
  });
  beforeEach(async () => {
    server = await startAgentServer(certificate);
    const target = { nodeUuid: 'node-1', callbackUrl: server.url, verifyCa: certificate.cert, token: server.token };
    const isOurs = (result: unknown) => (result as { key: string }).key === 'k1';
    run = { client, target, name: NAME, params: { key: 'k1' }, isOurs, pollMs: 5 };
  });
  afterEach(() => server.close());
  after(() => client.close());

  /** Commands that end after some time, giving their key back. */
  function endAfter(ms: number, key?: string): void {
    server.scripts.set(NAME, (params, done) => void setTimeout(() => done({ key: key ?? params['key'] }), ms));
  }

  it('starts the command, polls it with heartbeats and returns its result', async () => {
    endAfter(60);
    const seen: AgentCommandProgress[] = [];
    assert.deepEqual(await runAgentCommand({ ...run, heartbeat: (progress) => seen.push(progress) }), { key: 'k1' });
    assert.equal(server.started.length, 1);
    assert.ok(seen.length >= 2);
    assert.ok(seen.every(({ name, adopted }) => name === NAME && !adopted));
  });

  it('keeps a running command of an earlier try', async () => {
    endAfter(80);
    const crashed = new AbortController();
    const first = runAgentCommand({ ...run, signal: crashed.signal });
    setTimeout(() => crashed.abort(), 20);
    await assert.rejects(first, { name: 'AbortError' });
    const seen: AgentCommandProgress[] = [];
    assert.deepEqual(await runAgentCommand({ ...run, heartbeat: (progress) => seen.push(progress) }), { key: 'k1' });
    assert.equal(server.started.length, 1);
    assert.ok(seen.length > 0 && seen.every(({ adopted }) => adopted));
  });

  it('takes a command that ended well between two tries as it is', async () => {
    endAfter(0);
    await runAgentCommand(run);
    await runAgentCommand(run);
    assert.equal(server.started.length, 1);
  });

  it('runs again when what ended well was another one, and when the last try failed', async () => {
    endAfter(0);
    await runAgentCommand({
      ...run,
      params: { key: 'k0' },
      isOurs: (result) => (result as { key: string }).key === 'k0',
    });
    await runAgentCommand(run);
    assert.deepEqual(
      server.started.map(({ params }) => params),
      [{ key: 'k0' }, { key: 'k1' }],
    );
    server.scripts.set(NAME, (_params, _done, fail) => fail({ message: 'm', details: 'd' }));
    const third = { ...run, isOurs: (result: unknown) => (result as { key: string }).key === 'k2' };
    await assert.rejects(runAgentCommand(third), { code: 'AgentCommandFailed' });
    await assert.rejects(runAgentCommand(third), { code: 'AgentCommandFailed' });
    assert.equal(server.started.length, 4);
  });

  it('waits for a stranger’s command before it starts its own', async () => {
    server.scripts.set('deploy.execute_deploy_step', (_params, done) => void setTimeout(() => done({}), 50));
    await client.startCommand(run.target, 'deploy.execute_deploy_step', {});
    endAfter(0);
    assert.deepEqual(await runAgentCommand(run), { key: 'k1' });
    assert.equal(server.started.length, 2);
  });

  it('fails in the agent’s own words, the token masked', async () => {
    server.scripts.set(NAME, (_params, _done, fail) =>
      fail({ type: 'CleaningError', code: 500, message: 'Clean step failed', details: `sda: ${server.token}` }),
    );
    await assert.rejects(runAgentCommand(run), {
      code: 'AgentCommandFailed',
      message: 'clean.execute_clean_step failed on the agent of node node-1: Clean step failed: sda: ******',
    });
  });

  it('lives through a silence and gives up after a long one', async () => {
    endAfter(100);
    setTimeout(() => (server.broken = 503), 10);
    setTimeout(() => (server.broken = undefined), 60);
    assert.deepEqual(await runAgentCommand(run), { key: 'k1' });
    endAfter(10_000, 'k2');
    setTimeout(() => (server.broken = 503), 10);
    const other = { ...run, isOurs: (result: unknown) => (result as { key: string }).key === 'k2', silenceMs: 50 };
    await assert.rejects(runAgentCommand(other), { code: 'AgentUnreachable' });
  });

  it('says that the agent was lost when it restarts in the middle', async () => {
    endAfter(10_000);
    setTimeout(() => server.restart(), 30);
    await assert.rejects(runAgentCommand(run), { code: 'AgentLost' });
  });
});
