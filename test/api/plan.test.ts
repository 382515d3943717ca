import assert from 'node:assert/strict';
import { ANNEAL_MEDIA } from '../../api/media.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { faultOf } from '../support/api.ts';
import { startStack, type Stack } from '../support/stack.ts';

describe('API of plans', () => {
  let stack: Stack;
  before(async () => (stack = await startStack()));
  after(() => stack?.close());

  const plan = (uuid: string, body: object, headers: Record<string, string> = { Accept: ANNEAL_MEDIA }) =>
    stack.request('POST', `/v1/nodes/${uuid}/states/provision?plan=true`, { body, headers });

  it('tells what a verb would ask of the machine, and asks nothing', async () => {
    const uuid = await stack.addNode();
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    const answer = await plan(uuid, { target: 'provide' });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('Content-Type'), ANNEAL_MEDIA);
    const told = JSON.parse(answer.text);
    assert.deepEqual([told.node_uuid, told.verb, told.ends], [uuid, 'provide', 'available']);
    assert.deepEqual([told.present.provision_state, told.present.power_state], ['manageable', 'power off']);
    assert.deepEqual(
      told.actions.map(({ call, device, action }: Record<string, string>) => `${call}: ${device}: ${action}`),
      [
        'bootAgent: bmc: boot from pxe once, UEFI, clear CMOS',
        'bootAgent: bmc: power on',
        'runDriverStep: driver: step deploy.erase_devices',
        'parkNode: bmc: power off',
      ],
    );
    const node = (await stack.request('GET', `/v1/nodes/${uuid}`)).body;
    assert.deepEqual([node.provision_state, node.reservation, node.power_state], ['manageable', null, 'power off']);
  });

  it('refuses what the verb itself would be refused for', async () => {
    const uuid = await stack.addNode();
    const illegal = await plan(uuid, { target: 'active' });
    assert.equal(illegal.status, 400);
    assert.match(faultOf(illegal), /"active" can not be performed/);
    await stack.database.pool.query(`update nodes set provision_state = 'manageable' where uuid = $1`, [uuid]);
    const unknown = await plan(uuid, { target: 'clean', clean_steps: [{ interface: 'deploy', step: 'polish' }] });
    assert.equal(unknown.status, 400, unknown.text);
    assert.match(faultOf(unknown), /Nobody offers the step deploy.polish/);
  });

  it('of unhold tells what comes after the hold, as it then comes', async () => {
    const uuid = await stack.addNode();
    await stack.database.pool.query(`update nodes set provision_state = 'manageable' where uuid = $1`, [uuid]);
    const hold = { interface: 'deploy', step: 'hold' };
    const clean_steps = [
      { interface: 'raid', step: 'delete_configuration' },
      hold,
      { interface: 'bios', step: 'factory_reset' },
      { interface: 'deploy', step: 'reboot' },
      hold,
      { interface: 'firmware', step: 'update', args: { settings: [] } },
    ];
    assert.equal((await stack.provision(uuid, { target: 'clean', clean_steps })).status, 202);
    const rest = [
      { actions: ['step bios.factory_reset', 'power off', 'boot from pxe once, UEFI', 'power on'], ends: 'clean hold' },
      { actions: ['step firmware.update', 'power off'], ends: 'manageable' },
    ];
    for (const { actions, ends } of rest) {
      await stack.awaitState(uuid, 'clean hold');
      const answer = await plan(uuid, { target: 'unhold' });
      assert.equal(answer.status, 200, answer.text);
      const told = JSON.parse(answer.text);
      assert.deepEqual([told.verb, told.ends, told.present.provision_state], ['unhold', ends, 'clean hold']);
      assert.deepEqual(
        told.actions.map(({ action }: Record<string, string>) => action),
        actions,
      );
      assert.equal((await stack.provision(uuid, { target: 'unhold' })).status, 202);
    }
    await stack.awaitState(uuid, 'manageable');
    const refused = await plan(uuid, { target: 'unhold' });
    assert.match(faultOf(refused), /"unhold" can not be performed/);
  });

  it('of unhold is refused, as unhold is, when somebody ended the workflow from outside', async () => {
    const uuid = await stack.addNode();
    await stack.database.pool.query(`update nodes set provision_state = 'manageable' where uuid = $1`, [uuid]);
    const clean_steps = [{ interface: 'deploy', step: 'hold' }];
    assert.equal((await stack.provision(uuid, { target: 'clean', clean_steps })).status, 202);
    await stack.awaitState(uuid, 'clean hold');
    await stack.temporal.workflow.getHandle(nodeWorkflowId(uuid)).terminate('a test');
    for (const refused of [await plan(uuid, { target: 'unhold' }), await stack.provision(uuid, { target: 'unhold' })]) {
      assert.match(faultOf(refused), /in state "clean hold", but its operation is gone; abort it/);
    }
  });

  it('is not there for clients of Ironic', async () => {
    const uuid = await stack.addNode();
    assert.equal((await plan(uuid, { target: 'manage' }, {})).status, 405);
    const without = await stack.request('POST', `/v1/nodes/${uuid}/states/provision`, {
      body: { target: 'manage' },
      headers: { Accept: ANNEAL_MEDIA },
    });
    assert.equal(without.status, 400);
    assert.equal((await stack.request('GET', `/v1/nodes/${uuid}`)).body.provision_state, 'enroll');
  });
});
