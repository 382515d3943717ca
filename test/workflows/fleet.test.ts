import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readFakeDevice } from '../../db/fake-devices.ts';
import { findTemporalCli } from '../../scripts/setup/temporal-cli.ts';
import {
  createCleaningSchedule,
  deleteCleaningSchedule,
  ensureForgetEvents,
  ensurePowerSweep,
  getCleaningSchedule,
  listCleaningSchedules,
  pauseCleaningSchedule,
  triggerCleaningSchedule,
  unpauseCleaningSchedule,
} from '../../temporal/schedules.ts';
import type { CleanFleetInput } from '../../workflows/messages.ts';
import type { CleanFleetResult } from '../../workflows/clean-fleet.ts';
import { createSite, type Site } from './support/site.ts';
import { until } from '../support/until.ts';

describe('scheduled work', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = await createSite();
  });
  after(() => site.close());

  const cleanFleet = (input: Partial<CleanFleetInput>): Promise<CleanFleetResult> =>
    site.execute<CleanFleetResult>('cleanFleet', {
      name: 'nightly',
      site: '',
      selector: {},
      windowMinutes: 10,
      maxPercentPerRack: 50,
      stopAtErrorPercent: 50,
      ...input,
    });

  async function addRack(count: number, driverInfo = {}): Promise<{ rack: string; uuids: string[] }> {
    const rack = `rack-${randomUUID()}`;
    const nodes = [];
    for (let index = 0; index < count; index += 1) {
      const { uuid } = await site.addNode({ provisionState: 'available', driverInfo });
      await site.tools.db.query('update nodes set extra = $2::jsonb where uuid = $1::uuid', [uuid, { rack }]);
      nodes.push(uuid);
    }
    return { rack, uuids: nodes };
  }

  it('cleans the nodes that it selects, a share of the rack at once', async () => {
    const { rack, uuids } = await addRack(4, { fake_clean_delay_s: 0.5 });
    const busiest = watchRack(rack);
    const result = await cleanFleet({ selector: { rack } });
    assert.deepEqual(result, { selected: 4, cleaned: 4, failed: 0, skipped: 0, left: 0, stopped: null });
    assert.equal(await busiest(), 2);
    for (const uuid of uuids) assert.equal((await site.node(uuid)).provisionState, 'available');
  });

  it('means no node by an empty selector', async () => {
    await addRack(1);
    const result = await cleanFleet({ selector: { nodes: [], traits: [] } });
    assert.equal(result.selected, 0);
  });

  it('stops when too many fail', async () => {
    const faults = { 'steps.deploy.erase_devices': { times: 1, code: 'AgentCommandFailed', when: 'before' } };
    const { rack } = await addRack(4, { fake_faults: faults });
    const result = await cleanFleet({ selector: { rack }, maxPercentPerRack: 1 });
    assert.deepEqual(result, { selected: 4, cleaned: 0, failed: 1, skipped: 0, left: 3, stopped: 'too many failures' });
  });

  it('begins nothing after its window has closed', async () => {
    const { rack } = await addRack(3, { fake_clean_delay_s: 2 });
    const result = await cleanFleet({ selector: { rack }, maxPercentPerRack: 1, windowMinutes: 1 / 60 });
    assert.deepEqual([result.cleaned, result.left, result.stopped], [1, 2, 'window closed']);
  });

  it('leaves a node alone that somebody else works on', async () => {
    const { rack, uuids } = await addRack(1, { fake_power_delay_s: 3 });
    const [uuid = ''] = uuids;
    const { handle } = await site.start('power', uuid, { power: { target: 'power on', timeoutS: null } });
    const result = await cleanFleet({ selector: { rack } });
    await handle.result();
    assert.deepEqual([result.selected, result.skipped, result.failed], [1, 1, 0]);
  });

  it('is created, listed, paused, unpaused, triggered and deleted', async () => {
    const name = `s-${randomUUID()}`;
    const wanted = {
      name,
      site: 'nowhere',
      selector: { all: true },
      windowMinutes: 60,
      maxPercentPerRack: 10,
      stopAtErrorPercent: 20,
      cron: ['0 3 * * *'],
      jitterSeconds: 60,
    };
    const { client } = site;
    await createCleaningSchedule(client, wanted);
    await assert.rejects(createCleaningSchedule(client, wanted), { code: 'DuplicateName' });
    for (const cron of ['nonsense', '99 99 * * *']) {
      const wrong = { ...wanted, name: `${name}-b`, cron: [cron] };
      await assert.rejects(createCleaningSchedule(client, wrong), { code: 'ScheduleInvalid' });
    }
    await pauseCleaningSchedule(client, name, 'for the move');
    const paused = await getCleaningSchedule(client, name);
    assert.deepEqual([paused?.paused, paused?.note, paused?.selector], [true, 'for the move', { all: true }]);
    await unpauseCleaningSchedule(client, name);
    await triggerCleaningSchedule(client, name);
    await untilListed(name);
    await untilFound(`Operation = 'cleanFleet' and Site = 'nowhere' and WorkflowId starts_with 'clean-fleet:${name}'`);
    await deleteCleaningSchedule(client, name);
    assert.equal(await getCleaningSchedule(client, name), undefined);
    await assert.rejects(triggerCleaningSchedule(client, name), { code: 'NotFound' });
  });

  it('is made, paused, triggered and deleted by the temporal command as well', async () => {
    const { rack, uuids } = await addRack(1);
    const name = `cli-${randomUUID()}`;
    const id = ['--schedule-id', `cleaning:${name}`];
    const limits = { windowMinutes: 10, maxPercentPerRack: 50, stopAtErrorPercent: 50 };
    const input = JSON.stringify({ name, site: '', selector: { rack }, ...limits });
    const found = ['--search-attribute', 'Operation="cleanFleet"', '--search-attribute', `Site="${rack}"`];
    const action = ['--type', 'cleanFleet', '--workflow-id', `clean-fleet:${name}`, ...found];
    const crons = ['0 3 * * *', '*/15 2-4,9 1 1,2 1-5', '0 3 * * * 2099', '30 0 3 * * * *'];
    const times = crons.flatMap((cron) => ['--cron', cron]);
    await temporal('create', ...id, ...action, '--task-queue', site.taskQueue, ...times, '--input', input);
    await untilListed(name);
    assert.match(await temporal('list'), new RegExp(`cleaning:${name}`));
    await temporal('toggle', ...id, '--pause', '--reason', 'rack move');
    const paused = await getCleaningSchedule(site.client, name);
    assert.deepEqual([paused?.paused, paused?.note, paused?.selector], [true, 'rack move', { rack }]);
    assert.deepEqual(paused?.cron, crons);
    await temporal('toggle', ...id, '--unpause', '--reason', 'done');
    await temporal('trigger', ...id);
    await untilCleaned(uuids[0] ?? '');
    await untilFound(`Operation = 'cleanFleet' and Site = '${rack}'`);
    await temporal('delete', ...id);
    assert.equal(await getCleaningSchedule(site.client, name), undefined);
  });

  it('sweeps the power and writes what changed', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable' });
    await readFakeDevice(site.tools.db, uuid);
    const first = await site.execute<{ changed: number }>('sweepPower', { site: '' });
    assert.ok(first.changed >= 1);
    assert.equal((await site.node(uuid)).powerState, 'power off');
    const second = await site.execute<{ changed: number }>('sweepPower', { site: '' });
    assert.equal(second.changed, 0);
  });

  it('sweeps the health and tells of each change, and of none while the BMC says nothing', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable', driverInfo: { fake_health: 'Warning' } });
    const { db } = site.tools;
    const sweepAs = async (driverInfo: object) => {
      await db.query('update nodes set driver_info = $2::jsonb where uuid = $1::uuid', [uuid, driverInfo]);
      await site.execute('sweepPower', { site: '' });
      return (await site.node(uuid)).health;
    };
    const silent = { fake_faults: { 'power.getPowerState': { times: 1, code: 'BmcUnreachable' } } };
    assert.equal(await sweepAs({ fake_health: 'Warning' }), 'Warning');
    assert.equal(await sweepAs({ fake_health: 'OK' }), 'OK');
    assert.equal(await sweepAs(silent), 'OK');
    assert.equal(await sweepAs({}), null);
    const { rows } = await db.query<{ event: string; severity: string }>(
      `select event, severity from node_history where node_uuid = $1::uuid and event like '%health%' order by id`,
      [uuid],
    );
    assert.deepEqual(
      rows.map(({ event, severity }) => `${severity} ${event.replace(/^.*: (?=\w+ \()/, '')}`),
      ['WARNING Warning (before: nothing).', 'INFO OK (before: Warning).', 'INFO nothing (before: OK).'],
    );
  });

  it('keeps one power sweep for each site and takes over a new interval', async () => {
    const name = randomUUID();
    await ensurePowerSweep(site.client, { site: name, seconds: 600 });
    await ensurePowerSweep(site.client, { site: name, seconds: 300 });
    const handle = site.client.schedule.getHandle(`power-sweep:${name}`);
    const { spec } = await handle.describe();
    assert.equal(spec.intervals?.[0]?.every, 300_000);
    await handle.delete();
  });

  it('has old events deleted each hour, by the newest setting, until none are to go', async () => {
    const name = randomUUID();
    const handle = site.client.schedule.getHandle(`forget-events:${name}`);
    for (const days of [90, 30]) await ensureForgetEvents(site.client, { site: name, days });
    const { action } = await handle.describe();
    assert.deepEqual(action.args, [{ site: name, days: 30 }]);
    for (const _again of [1, 2]) await ensureForgetEvents(site.client, { site: name, days: 0 });
    await assert.rejects(handle.describe());
  });

  it('deletes old events by its schedule’s workflow', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable' });
    await site.tools.db.query(
      `insert into node_events (node_uuid, at, type, data)
       select $1::uuid, now() - make_interval(days => age), 'power', '{}' from unnest(array[40, 20]) as age`,
      [uuid],
    );
    const { deleted } = await site.execute<{ deleted: number }>('forgetEvents', { site: '', days: 30 });
    assert.equal(deleted, 1);
    const { rows } = await site.tools.db.query('select from node_events where node_uuid = $1::uuid and at < now()', [
      uuid,
    ]);
    assert.equal(rows.length, 1);
  });

  async function temporal(...words: string[]): Promise<string> {
    const command = (await findTemporalCli()) ?? assert.fail('no Temporal CLI');
    return (await promisify(execFile)(command, ['schedule', ...words, '--address', site.address])).stdout;
  }

  async function untilCleaned(uuid: string): Promise<void> {
    await until('what the triggered schedule cleaned', async () => {
      const { rows } = await site.tools.db.query('select from erasure_records where node_uuid = $1::uuid', [uuid]);
      return rows.length > 0 && (await site.node(uuid)).provisionState === 'available';
    });
  }

  /** Counts how many nodes of a rack are busy at the same time. */
  function watchRack(rack: string): () => Promise<number> {
    let most = 0;
    let watching = true;
    const watch = async () => {
      while (watching) {
        const { rows } = await site.tools.db.query<{ busy: number }>(
          `select count(*)::integer as busy from nodes where extra ->> 'rack' = $1::text and operation is not null`,
          [rack],
        );
        most = Math.max(most, rows[0]?.busy ?? 0);
        await sleep(20);
      }
    };
    const done = watch();
    return async () => {
      watching = false;
      await done;
      return most;
    };
  }

  /** Temporal's visibility is some moments late. */
  async function untilFound(query: string): Promise<void> {
    await until(`one workflow by ${query}`, async () => (await site.client.workflow.count(query)).count === 1);
  }

  async function untilListed(name: string): Promise<void> {
    await until(`the schedule ${name} in the list`, async () =>
      (await listCleaningSchedules(site.client)).some((schedule) => schedule.name === name),
    );
  }
});
