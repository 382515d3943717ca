import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { createSite, type Site } from './support/site.ts';

describe('a claim that its worker cannot serve', () => {
  let site: Site;
  before(async () => {
    site = await createSite({ ANNEAL_HARDWARE_TYPES: 'ipmi' });
  });
  after(() => site.close());

  it('is refused with the reason, and the node is let go', async () => {
    const { uuid } = await site.addNode({ provisionState: 'available' });
    await assert.rejects(site.start('deploy', uuid), (error) => {
      assert.ok(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure);
      assert.equal(error.cause.type, 'DriverNotFound');
      return true;
    });
    const { provisionState, reservation, targetProvisionState } = await site.node(uuid);
    assert.deepEqual([provisionState, reservation, targetProvisionState], ['available', null, null]);
  });
});
