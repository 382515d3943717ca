import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { deployTemplateTable, type TemplateStep } from '../../db/deploy-templates.ts';
import { readFakeDevice } from '../../db/fake-devices.ts';
import { createSite, type Site } from './support/site.ts';

const BIOS: TemplateStep = {
  interface: 'bios',
  step: 'apply_configuration',
  args: { settings: [{ name: 'virtualization', value: 'on' }] },
  priority: 150,
};

describe('the steps of a deployment', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = await createSite({
      ANNEAL_VERIFY_STEP_PRIORITIES: 'management.self_test:10',
      ANNEAL_DISALLOW_DEPLOY_STEPS: 'raid.apply_configuration, vendor.send_raw',
      ANNEAL_DISALLOW_CLEAN_STEPS: 'deploy.erase_devices,raid.delete_configuration',
      ANNEAL_DISALLOW_SERVICE_STEPS: 'bios.factory_reset',
    });
    await addTemplate('CUSTOM_BIOS', [BIOS]);
    await addTemplate('CUSTOM_BIOS_TOO', [BIOS]);
    await addTemplate('CUSTOM_UNKNOWN', [{ ...BIOS, step: 'polish' }]);
  });
  after(() => site.close());

  it('are those of the templates too that the instance’s traits name', async () => {
    const uuid = await addNode(['CUSTOM_BIOS', 'CUSTOM_WITHOUT_TEMPLATE']);
    await site.run('deploy', uuid);
    assert.deepEqual(await stepsOf(uuid), ['step bios.apply_configuration#1', 'step deploy.deploy#2']);
  });

  it('are the driver’s alone where the instance asks for no trait', async () => {
    const uuid = await addNode([]);
    await site.run('deploy', uuid);
    assert.deepEqual(await stepsOf(uuid), ['step deploy.deploy#1']);
  });

  it('are those of the request where it says something else', async () => {
    const uuid = await addNode(['CUSTOM_BIOS']);
    const step = { interface: 'bios', step: 'apply_configuration', priority: 50, args: { settings: [] } } as const;
    await site.run('deploy', uuid, { steps: [step] });
    assert.deepEqual(await stepsOf(uuid), ['step bios.apply_configuration#2', 'step deploy.deploy#1']);
  });

  it('are refused when two templates say the same, or one what nobody can do', async () => {
    for (const [traits, words] of [
      [['CUSTOM_BIOS', 'CUSTOM_BIOS_TOO'], /bios\.apply_configuration is named more than once/],
      [['CUSTOM_UNKNOWN'], /Nobody offers the step bios\.polish/],
    ] as const) {
      const uuid = await addNode(traits);
      await assert.rejects(site.run('deploy', uuid));
      const node = await site.node(uuid);
      assert.equal(node.provisionState, 'deploy failed');
      assert.match(node.lastError ?? '', words);
      assert.deepEqual(await stepsOf(uuid), []);
    }
  });

  it('that the operator forbids are refused when they are asked for, and left out where nobody did', async () => {
    await addTemplate('CUSTOM_RAID', [{ ...BIOS, interface: 'raid', args: { raid_config: { logical_disks: [] } } }]);
    const forbidden = await addNode(['CUSTOM_RAID', 'CUSTOM_BIOS']);
    await site.run('deploy', forbidden);
    assert.deepEqual(await stepsOf(forbidden), ['step bios.apply_configuration#1', 'step deploy.deploy#2']);
    for (const [verb, from, step, variable] of [
      ['deploy', 'available', { interface: 'raid', step: 'apply_configuration', priority: 5 }, 'DEPLOY'],
      ['clean', 'manageable', { interface: 'raid', step: 'delete_configuration', priority: 0 }, 'CLEAN'],
      ['service', 'active', { interface: 'bios', step: 'factory_reset', priority: 0 }, 'SERVICE'],
    ] as const) {
      const { uuid } = await site.addNode({ provisionState: from });
      await assert.rejects(site.run(verb, uuid, { steps: [step] }));
      const { provisionState, lastError } = await site.node(uuid);
      assert.equal(provisionState, `${verb} failed`);
      const words = `${step.interface}.${step.step}' is not allowed. Disallowed by operator configuration ANNEAL_DISALLOW_${variable}_STEPS.`;
      assert.equal(lastError, `${verb} step '${words}`);
      assert.deepEqual((await readFakeDevice(site.tools.db, uuid)).calls, {});
    }
  });

  it('of a cleaning that the operator forbids prove nothing: the node doesn’t become available', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable' });
    await site.run('inspect', uuid);
    await assert.rejects(site.run('provide', uuid));
    const { provisionState, lastError } = await site.node(uuid);
    assert.equal(provisionState, 'clean failed');
    assert.match(lastError ?? '', /may not become available: no accepted record/);
    assert.deepEqual(await stepsOf(uuid), []);
  });

  it('of a verification are those that the configuration gives a priority', async () => {
    const { uuid } = await site.addNode();
    await site.run('manage', uuid);
    assert.equal((await site.node(uuid)).provisionState, 'manageable');
    assert.deepEqual(await stepsOf(uuid), ['step management.self_test']);
  });

  async function addTemplate(name: string, steps: readonly TemplateStep[]): Promise<void> {
    await deployTemplateTable.insert(site.tools.db, { uuid: randomUUID(), name, steps, extra: {} });
  }

  async function addNode(traits: readonly string[]): Promise<string> {
    const { uuid } = await site.addNode({ provisionState: 'available' });
    await site.tools.db.query('update nodes set instance_info = $2::jsonb where uuid = $1::uuid', [
      uuid,
      JSON.stringify({ traits }),
    ]);
    return uuid;
  }

  async function stepsOf(uuid: string): Promise<string[]> {
    const { calls } = await readFakeDevice(site.tools.db, uuid);
    return Object.keys(calls)
      .filter((call) => call.startsWith('step '))
      .toSorted();
  }
});
