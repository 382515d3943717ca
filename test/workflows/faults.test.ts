import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { Suite, Test } from 'mocha';
import * as workflows from '../../workflows/index.ts';
import { startBattery, type Battery } from '../support/battery.ts';
import { exportHistories, findSecrets, type HistoryText } from '../support/histories.ts';
import { RESCUE_HASH, VENDOR_ARGUMENT } from '../support/operations.ts';
import { AGENT_TOKEN, BMC_PASSWORD } from '../support/world.ts';
import { SCENARIOS } from '../support/battery/scenarios.ts';
import { until } from '../support/until.ts';

/**
 * The battery waits most of its time: it begins with the first test of the process, whichever file that is in, and
 * goes on beside the others until it is asked how it went.
 */
let launched: Promise<Battery>;
before(() => {
  launched = startBattery();
  launched.catch(() => {});
});

describe('battery: every fault at every activity of every workflow', function () {
  this.timeout(480_000);
  let battery: Battery;

  before(async function () {
    battery = await launched;
    // The tests are made from what the clean runs really called, so they can be known only now.
    const parent = this.test?.parent;
    assert.ok(parent);
    for (const scenario of Object.keys(SCENARIOS)) {
      const suite = Suite.create(parent, scenario);
      for (const { title, problems } of battery.cells.filter((cell) => cell.scenario === scenario))
        suite.addTest(new Test(title, async () => assert.deepEqual(await problems, [])));
    }
  });
  after(() => battery.close());

  it('finds a secret that is planted, so that finding none means something', async () => {
    const { client, taskQueue } = battery.bench;
    const planted = 'planted-secret-5hTq';
    for (const username of [planted, Buffer.from(`x${planted}`).toString('base64')]) {
      const request = { requestId: 'req-canary', username };
      const workflowId = `canary:${randomUUID()}`;
      const args = [{ nodeUuid: randomUUID(), request, verb: 'manage', args: {} }];
      await client.workflow.execute('manageNode', { workflowId, taskQueue, args });
      const histories = await listed(client, `WorkflowId = '${workflowId}'`, 1);
      assert.equal(findSecrets(histories, { planted }).length, 1);
    }
  });

  it('leaves no secret in the history of any run', async () => {
    await Promise.allSettled(battery.cells.map(({ problems }) => problems));
    const histories = await listed(battery.bench.client, 'ExecutionStatus != "Running"', battery.cells.length);
    const secrets = { BMC: BMC_PASSWORD, agent: AGENT_TOKEN, rescue: RESCUE_HASH, vendor: VENDOR_ARGUMENT };
    assert.deepEqual(findSecrets(histories, secrets), []);
  });

  it('has a clean run of every scenario, and nothing is wrong after it', () => {
    assert.deepEqual(
      [...battery.cleanProblems].filter(([, problems]) => problems.length > 0),
      [],
    );
  });

  it('puts faults into every workflow', () => {
    const tried = new Set(battery.cells.map(({ workflow }) => workflow));
    assert.deepEqual(missing(Object.keys(workflows), tried), []);
  });

  it('puts faults into every activity', () => {
    const tried = new Set(battery.cells.map(({ activity }) => activity));
    assert.deepEqual(missing(battery.bench.activities, tried), []);
  });
});

/** The histories, once at least so many are listed: the list follows the runs after a moment. */
async function listed(client: Client, query: string, least: number): Promise<HistoryText[]> {
  await until(`${least} runs for ${query}`, async () => (await client.workflow.count(query)).count >= least);
  return exportHistories(client, query);
}

function missing(all: readonly string[], tried: ReadonlySet<string>): string[] {
  return all.filter((name) => !tried.has(name)).toSorted();
}
