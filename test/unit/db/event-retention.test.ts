import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { forgetEvents } from '../../../db/event-retention.ts';
import { insertWebhook } from '../../../db/webhooks.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { addMachine } from '../../support/world.ts';

describe('db/event-retention', () => {
  let database: TestDatabase;
  let nodeUuid: string;
  before(async () => {
    database = await createTestDatabase();
    nodeUuid = (await addMachine(database.pool, { provisionState: 'manageable' })).uuid;
  });
  beforeEach(() => database.pool.query('delete from node_events'));
  after(() => database.close());

  /** Adds events of these ages in days, one after the other. */
  const addEvents = async (ages: readonly number[], run: string | null = null): Promise<void> => {
    await database.pool.query(
      `insert into node_events (node_uuid, operation_run, at, type, data)
       select $1::uuid, $2::uuid, now() - make_interval(days => age), 'power', '{}'
         from unnest($3::integer[]) with ordinality as ages (age, place) order by place`,
      [nodeUuid, run, ages],
    );
  };
  /** The ages of the events that are left, in days. */
  const agesLeft = async (): Promise<number[]> => {
    const { rows } = await database.pool.query<{ age: number }>(
      'select extract(day from now() - at)::integer as age from node_events order by id',
    );
    return rows.map(({ age }) => age);
  };

  it('deletes what is old, batch by batch, and says when none is left', async () => {
    await addEvents([50, 45, 40, 35, 31, 29, 10]);
    const batches = [];
    for (let after: number | null = 0; after !== null && batches.length < 9;) {
      const { deleted, last } = await forgetEvents(database.pool, { days: 30, after, most: 2 });
      batches.push(deleted);
      after = last;
    }
    assert.deepEqual(batches, [2, 2, 1]);
    assert.deepEqual(await agesLeft(), [29, 10]);
  });

  it('keeps what a webhook is still to be told of, and deletes its finished deliveries', async () => {
    const webhook = { name: 'ops', url: 'http://127.0.0.1/', events: ['power'] as const, secret: 'x' };
    const { uuid } = await insertWebhook(database.pool, webhook);
    await addEvents([40, 39, 38]);
    await database.pool.query(
      `update webhook_deliveries set state = 'delivered' where event_id = (select max(id) from node_events)`,
    );
    await database.pool.query(
      `update webhook_deliveries set state = 'given up' where event_id = (select min(id) from node_events)`,
    );
    assert.equal((await forgetEvents(database.pool, { days: 30, after: 0, most: 10 })).deleted, 2);
    assert.deepEqual(await agesLeft(), [39]);
    const { rows } = await database.pool.query('select state from webhook_deliveries where webhook_uuid = $1::uuid', [
      uuid,
    ]);
    assert.deepEqual(rows, [{ state: 'waiting' }]);
    await database.pool.query('delete from webhooks');
  });

  it('keeps the events of an operation that still runs', async () => {
    const [running, over] = [randomUUID(), randomUUID()];
    await database.pool.query(
      `update nodes set operation = 'cleanNode', operation_run = $2::uuid where uuid = $1::uuid`,
      [nodeUuid, running],
    );
    await database.pool.query('delete from node_events');
    await addEvents([40], running);
    await addEvents([39], over);
    assert.equal((await forgetEvents(database.pool, { days: 30, after: 0, most: 10 })).deleted, 1);
    assert.deepEqual(await agesLeft(), [40]);
  });

  it('leaves history alone', async () => {
    await database.pool.query(
      `insert into node_history (node_uuid, at, event, event_type, severity)
       values ($1::uuid, now() - interval '10 years', 'Started', 'manage', 'INFO')`,
      [nodeUuid],
    );
    await forgetEvents(database.pool, { days: 1, after: 0, most: 10 });
    const { rowCount } = await database.pool.query(`select from node_history where at < now() - interval '9 years'`);
    assert.equal(rowCount, 1);
  });
});
