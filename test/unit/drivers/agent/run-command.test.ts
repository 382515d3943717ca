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
import { until } from '../../../support/until.ts';

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

  /** Commands that end when `finish` is called, giving their key back. */
  function endWhenTold(): { finish: () => void } {
    const held: { finish: () => void } = { finish: () => assert.fail('no command was started') };
    server.scripts.set(NAME, (params, done) => (held.finish = () => done({ key: params['key'] })));
    return held;
  }

  /** Commands that are done at once. */
  function endAtOnce(): void {
    server.scripts.set(NAME, (params, done) => done({ key: params['key'] }));
  }

  /** A heartbeat that notes what it is told, and acts on the nth call. */
  function actingOn(nth: number, act: () => void) {
    const seen: AgentCommandProgress[] = [];
    const heartbeat = (progress: AgentCommandProgress) => {
      if (seen.push(progress) === nth) act();
    };
    return { seen, heartbeat };
  }

  it('starts the command, polls it with heartbeats and returns its result', async () => {
    const held = endWhenTold();
    const { seen, heartbeat } = actingOn(3, () => held.finish());
    assert.deepEqual(await runAgentCommand({ ...run, heartbeat }), { key: 'k1' });
    assert.equal(server.started.length, 1);
    assert.equal(seen.length, 3);
    assert.ok(seen.every(({ name, adopted }) => name === NAME && !adopted));
  });

  it('keeps a running command of an earlier try', async () => {
    const held = endWhenTold();
    const crashed = new AbortController();
    const dying = actingOn(1, () => crashed.abort());
    const first = runAgentCommand({ ...run, signal: crashed.signal, heartbeat: dying.heartbeat });
    await assert.rejects(first, { name: 'AbortError' });
    const { seen, heartbeat } = actingOn(2, () => held.finish());
    assert.deepEqual(await runAgentCommand({ ...run, heartbeat }), { key: 'k1' });
    assert.equal(server.started.length, 1);
    assert.ok(seen.every(({ adopted }) => adopted));
  });

  it('takes a command that ended well between two tries as it is', async () => {
    endAtOnce();
    await runAgentCommand(run);
    await runAgentCommand(run);
    assert.equal(server.started.length, 1);
  });

  it('runs again when what ended well was another one, and when the last try failed', async () => {
    endAtOnce();
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
    let finish = () => {};
    server.scripts.set('deploy.execute_deploy_step', (_params, done) => (finish = () => done({})));
    await client.startCommand(run.target, 'deploy.execute_deploy_step', {});
    endAtOnce();
    const { seen, heartbeat } = actingOn(2, () => finish());
    assert.deepEqual(await runAgentCommand({ ...run, heartbeat }), { key: 'k1' });
    assert.equal(seen.length, 2);
    assert.equal(server.started.length, 2);
  });

  it('lets a command of an earlier try end before one that only asks, and finds it then', async () => {
    const held = endWhenTold();
    await client.startCommand(run.target, NAME, { key: 'k1' });
    server.scripts.set('poll.get_hardware_info', (_params, done) => done({ disks: [] }));
    const { isOurs: _isOurs, ...asking } = run;
    const { seen, heartbeat } = actingOn(3, () => held.finish());
    const info = { ...asking, name: 'poll.get_hardware_info', params: {}, heartbeat };
    assert.deepEqual(await runAgentCommand(info), { disks: [] });
    assert.ok(seen.length >= 3);
    assert.deepEqual(await runAgentCommand(run), { key: 'k1' });
    assert.equal(server.started.filter(({ name }) => name === NAME).length, 1);
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

  it('lives through a silence', async () => {
    const held = endWhenTold();
    const { seen, heartbeat } = actingOn(1, () => (server.broken = 503));
    const running = runAgentCommand({ ...run, heartbeat });
    await until('four heartbeats', () => seen.length >= 4, { everyMs: 5 });
    server.broken = undefined;
    held.finish();
    assert.deepEqual(await running, { key: 'k1' });
  });

  it('gives up after a long silence', async () => {
    endWhenTold();
    const { heartbeat } = actingOn(1, () => (server.broken = 503));
    await assert.rejects(runAgentCommand({ ...run, heartbeat, silenceMs: 50 }), { code: 'AgentUnreachable' });
  });

  it('says that the agent was lost when it restarts in the middle', async () => {
    endWhenTold();
    const { heartbeat } = actingOn(1, () => server.restart());
    await assert.rejects(runAgentCommand({ ...run, heartbeat }), { code: 'AgentLost' });
  });
});
