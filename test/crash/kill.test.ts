import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { isTransient } from '../../domain/provision-states.ts';
import { problemsOf } from '../support/battery/judge.ts';
import { SCENARIOS, type Scenario } from '../support/battery/scenarios.ts';
import { exportHistories, findSecrets } from '../support/histories.ts';
import { API_USER, startProcesses, type Processes } from '../support/processes.ts';
import { readTcp } from '../support/tcp-reader.ts';
import { addMachine, addNetworks, addNode, BMC_PASSWORD, readSnapshot, type Snapshot } from '../support/world.ts';
import { ipmiNode, startBmc } from '../unit/drivers/ipmi/a-bmc.ts';
import { until } from '../support/until.ts';

const DEPLOYING = SCENARIOS['deploy'] as Scenario;
const CLEANING = SCENARIOS['clean and make available'] as Scenario;
const CONFIG_DRIVE = 'config-drive-secret-Qm4Zp1';
/** Seconds: an operation takes about ten, so that a kill finds each one somewhere else. */
const DELAYS = {
  fake_power_delay_s: '0.2,1',
  fake_management_delay_s: '0.1,0.5',
  fake_network_delay_s: '0.1,0.5',
  fake_deploy_delay_s: '3,7',
  fake_clean_delay_s: '3,7',
};
const FINISHED_MS = 150_000;

describe('20 nodes deploying and 20 cleaning, and kill -9', function () {
  this.timeout(240_000);
  let processes: Processes;
  const clean = new Map<Scenario, Snapshot>();

  before(async () => {
    processes = await startProcesses();
    await addNetworks(processes.pool);
    // What the same operation does when nothing is killed.
    for (const scenario of [DEPLOYING, CLEANING]) {
      const [uuid = ''] = await begin(scenario, 1, {});
      await finish([uuid]);
      clean.set(scenario, await readSnapshot(processes.pool, uuid));
    }
  });
  after(() => processes.close());

  for (const victim of ['worker', 'api', 'temporal', 'postgres']) {
    it(`40 of 40 finish although ${victim} is killed in the middle`, () => survive([victim]));
  }
  it('40 of 40 finish although all four are killed, one after the other', () =>
    survive(['worker', 'api', 'temporal', 'postgres']));

  it('serves a serial console at the same place again after its worker was killed', async () => {
    const { bmc } = await startBmc({ console: () => new PassThrough() });
    try {
      const { uuid } = await addNode(processes.pool, {
        provisionState: 'enroll',
        driverInfo: ipmiNode(bmc).driverInfo,
      });
      const path = `/v1/nodes/${uuid}/states/console`;
      const console = () => processes.get(path) as Promise<{ console_info: { url: string } | null }>;
      await processes.pool.query(
        `update nodes set interfaces = interfaces || '{"console": "ipmi", "network": "noop"}' where uuid = $1::uuid`,
        [uuid],
      );
      await processes.put(path, { enabled: true });
      const info = await until('an open console', async () => (await console()).console_info);
      const reader = await readTcp(info.url);
      reader.type('before');
      await reader.sees(/before/);
      await processes.kill('worker');
      await reader.sentAway();
      const next = await reconnect(info.url);
      next.type('after');
      await next.sees(/after/);
      assert.equal((await console()).console_info?.url, info.url);
      await next.leave();
    } finally {
      await bmc.stop();
    }
  });

  it('leaves no secret in any history', async () => {
    const histories = await exportHistories(processes.client, "WorkflowId starts_with 'node:'");
    assert.ok(histories.length >= 200, `only ${histories.length} histories`);
    const secrets = { BMC: BMC_PASSWORD, API: API_USER.password, 'config drive': CONFIG_DRIVE };
    assert.deepEqual(findSecrets(histories, secrets), []);
  });

  async function reconnect(url: string): Promise<Awaited<ReturnType<typeof readTcp>>> {
    return until('somebody who serves the console again', () => readTcp(url).catch(() => undefined));
  }

  async function survive(victims: readonly string[]): Promise<void> {
    // The API is killed while it takes requests, the others while all operations run.
    const requested = Promise.all([begin(DEPLOYING, 20, DELAYS), begin(CLEANING, 20, DELAYS)]);
    if (victims[0] === 'api') await sleep(400);
    else await requested;
    for (const victim of victims) {
      await sleep(1000);
      assert.notEqual((await inHand()).length, 0, 'nothing was in hand when the kill came');
      await processes.kill(victim);
    }
    const [deploying, cleaning] = await requested;
    await finish([...deploying, ...cleaning]);
    await judge(DEPLOYING, deploying);
    await judge(CLEANING, cleaning);
    const { nodes } = await processes.get('/v1/nodes?limit=1000&fields=uuid,provision_state,reservation');
    assert.ok((nodes as { reservation: string | null }[]).every(({ reservation }) => reservation === null));
  }

  async function begin(scenario: Scenario, count: number, delays: object): Promise<string[]> {
    const driverInfo = { ...delays, ipmi_password: BMC_PASSWORD };
    const uuids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const { uuid } = await addMachine(processes.pool, { ...scenario.machine, driverInfo });
      uuids.push(uuid);
    }
    const body =
      scenario === DEPLOYING
        ? { target: 'active', configdrive: { user_data: `#cloud-config\n# ${CONFIG_DRIVE}\n` } }
        : { target: 'provide' };
    await Promise.all(uuids.map((uuid) => processes.provision(uuid, body)));
    return uuids;
  }

  async function inHand(): Promise<string[]> {
    const { rows } = await processes.pool.query<{ uuid: string }>('select uuid from nodes where operation is not null');
    return rows.map(({ uuid }) => uuid);
  }

  /** Waits until no node is worked on; PostgreSQL may be away in between. */
  async function finish(uuids: readonly string[]): Promise<void> {
    const until = Date.now() + FINISHED_MS;
    let open: string[] = [];
    do {
      await sleep(250);
      open = await stillOpen(uuids).catch(() => ['PostgreSQL is away']);
    } while (open.length > 0 && Date.now() < until);
    assert.deepEqual(open, [], 'these operations did not end');
  }

  async function stillOpen(uuids: readonly string[]): Promise<string[]> {
    const snapshots = await Promise.all(uuids.map((uuid) => readSnapshot(processes.pool, uuid)));
    return snapshots
      .filter(({ operation, provisionState }) => operation !== null || isTransient(provisionState))
      .map(({ operation, provisionState }) => `${operation ?? 'nothing'} in "${provisionState}"`);
  }

  async function judge(scenario: Scenario, uuids: readonly string[]): Promise<void> {
    const reference = clean.get(scenario) as Snapshot;
    assert.equal(reference.provisionState, scenario.ends);
    const problems: Record<string, string[]> = {};
    for (const uuid of uuids) {
      const after = await readSnapshot(processes.pool, uuid);
      const found = problemsOf({ scenario, before: after, clean: reference, after, outcome: 'done' });
      const { status } = await processes.client.workflow.getHandle(nodeWorkflowId(uuid)).describe();
      if (status.name !== 'COMPLETED') found.push(`its workflow is ${status.name}`);
      if (found.length > 0) problems[uuid] = [...found, after.lastError ?? ''];
    }
    assert.deepEqual(problems, {});
  }
});
