import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';
import { temporalServer } from '../support/temporal.ts';
import { until } from '../support/until.ts';

const DAY_S = 86_400;

describe('API on a Temporal namespace that no worker has been in', function () {
  this.timeout(90_000);
  const namespace = `new-${randomUUID()}`;
  let connection: Connection;
  let api: TestApi;

  before(async () => {
    const { address } = await temporalServer();
    connection = await Connection.connect({ address });
    const workflowExecutionRetentionPeriod = { seconds: DAY_S } as never;
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    api = await startTestApi({ temporalAddress: address, env: { TEMPORAL_NAMESPACE: namespace } });
  });
  after(async () => {
    await api.close();
    await connection.close();
  });

  it('says that a worker must come first, and takes operations as soon as one has seen to the search attributes', async () => {
    const made = await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware' } });
    const manage = () =>
      api.request('PUT', `/v1/nodes/${made.body.uuid}/states/provision`, { body: { target: 'manage' } });
    // Temporal may not know yet of the namespace itself.
    const refused = await until('a refusal with 503', async () => {
      const answer = await manage();
      return answer.status !== 500 && answer;
    });
    assert.equal(refused.status, 503, refused.text);
    assert.match(faultOf(refused), /does not know Anneal’s search attributes yet: workers add them/);
    const body = { name: 'nightly', cron: ['0 3 * * *'] };
    const early = await api.request('POST', '/anneal/v1/cleaning-schedules', { body });
    assert.equal(early.status, 503, early.text);
    assert.match(faultOf(early), /does not know Anneal’s search attributes yet/);
    // Two workers that start at the same time.
    await Promise.all([ensureSearchAttributes(connection, namespace), ensureSearchAttributes(connection, namespace)]);
    // No worker polls here, so that the operation waits: its start was not refused.
    const taken = await manage();
    assert.doesNotMatch(taken.text, /search attributes/);
    assert.ok([202, 503].includes(taken.status), taken.text);
  });
});
