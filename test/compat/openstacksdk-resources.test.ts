import assert from 'node:assert/strict';
import { openOpenstackSdk, options, type OpenstackSdk } from './support/openstacksdk.ts';
import { startTarget, type Target } from './support/target.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A resource by the names of the sdk's methods: `create_<one>`, `<many>`, `get_<one>`, `update_<one>`, … */
interface Resource {
  readonly one: string;
  readonly many: string;
  /** What it is made of; NODE stands for a node that is off. */
  readonly made: Fields;
  readonly change: Fields;
  /** Has `find_<one>`, by uuid. */
  readonly isFound?: boolean;
}

const NODE = '<node>';
const STEP = { interface: 'bios', step: 'factory_reset', args: {} };

const RESOURCES: readonly Resource[] = [
  {
    one: 'chassis',
    many: 'chassis',
    made: { description: 'row 1', extra: { a: 'b' } },
    change: { description: 'row 2' },
    isFound: true,
  },
  {
    one: 'port_group',
    many: 'port_groups',
    made: { node_id: NODE, name: 'bond0', address: '52:54:00:0f:00:01', mode: 'active-backup' },
    change: { mode: '802.3ad', properties: { miimon: '100' } },
    isFound: true,
  },
  {
    one: 'volume_connector',
    many: 'volume_connectors',
    made: { node_id: NODE, type: 'iqn', connector_id: 'iqn.2026-11.org.example:sdk-1' },
    change: { connector_id: 'iqn.2026-11.org.example:sdk-2' },
    isFound: true,
  },
  {
    one: 'volume_target',
    many: 'volume_targets',
    made: { node_id: NODE, volume_type: 'iscsi', boot_index: 0, volume_id: 'volume-1' },
    change: { boot_index: 1, properties: { target_lun: 3 } },
    isFound: true,
  },
  {
    one: 'deploy_template',
    many: 'deploy_templates',
    made: { name: 'CUSTOM_SDK', steps: [{ ...STEP, priority: 150 }] },
    change: { name: 'CUSTOM_SDK_2' },
    isFound: true,
  },
  {
    one: 'runbook',
    many: 'runbooks',
    made: { name: 'CUSTOM_SDK', steps: [{ ...STEP, order: 1 }] },
    change: { description: 'fresh firmware', public: true },
  },
  {
    one: 'inspection_rule',
    many: 'inspection_rules',
    made: {
      description: 'seen',
      priority: 5,
      conditions: [],
      actions: [{ op: 'set-attribute', args: { path: '/extra/seen', value: 'yes' } }],
    },
    change: { priority: 7 },
  },
];

describe('resources by openstacksdk 4.22.0', function () {
  this.timeout(300_000);
  let target: Target;
  let sdk: OpenstackSdk;
  let node: string;
  before(async () => {
    target = await startTarget();
    sdk = openOpenstackSdk(target.url);
    const fields = { driver: 'fake-hardware', name: 'owner-of-all', resource_class: 'sdk', ...target.nodeFields };
    node = String((await sdk.call('create_node', options(fields)))['id']);
    await sdk.call('set_node_provision_state', node, 'manage', options({ wait: true, timeout: 60 }));
    // Volumes of a machine that may be on can't be changed, and an allocation takes machines whose power is known.
    await sdk.call('set_node_power_state', node, 'power off', options({ wait: true, timeout: 60 }));
    await sdk.call('wait_for_node_reservation', node, options({ timeout: 60 }));
  });
  after(async () => {
    sdk?.close();
    await target?.close();
  });

  const part = (whole: Fields, of: Fields) => Object.fromEntries(Object.keys(of).map((name) => [name, whole[name]]));
  const ids = async (many: string) => (await sdk.call<Fields[]>(many)).map(({ id }) => id);

  for (const { one, many, made, change, isFound } of RESOURCES)
    it(`creates, lists, finds, updates, patches and deletes: ${one}`, async () => {
      const fields = JSON.parse(JSON.stringify(made).replaceAll(NODE, node)) as Fields;
      const { id } = await sdk.call(`create_${one}`, options(fields));
      assert.deepEqual(part(await sdk.call(`get_${one}`, id), fields), fields);
      assert.ok((await ids(many)).includes(id));
      if (isFound) assert.equal((await sdk.call(`find_${one}`, id))['id'], id);
      assert.deepEqual(part(await sdk.call(`update_${one}`, id, options(change)), change), change);
      const [[name, value] = ['', undefined]] = Object.entries(made).slice(-1);
      const patch = [{ op: 'replace', path: `/${name}`, value }];
      assert.deepEqual((await sdk.call(`patch_${one}`, id, patch))[name], value);
      await sdk.call(`delete_${one}`, id, options({ ignore_missing: false }));
      assert.ok(!(await ids(many)).includes(id));
    });

  it('keeps the traits of runbooks', async () => {
    const { id } = await sdk.call('create_runbook', options({ name: 'CUSTOM_T', steps: [{ ...STEP, order: 1 }] }));
    await sdk.call('set_runbook_traits', id, ['CUSTOM_A', 'CUSTOM_B']);
    await sdk.call('add_runbook_trait', id, 'CUSTOM_C');
    await sdk.call('remove_runbook_trait', id, 'CUSTOM_A');
    const { traits } = await sdk.call('get_runbook', id);
    assert.deepEqual(new Set(traits as string[]), new Set(['CUSTOM_B', 'CUSTOM_C']));
  });

  it('allocates a node, and waits for it', async () => {
    await sdk.call('set_node_provision_state', node, 'provide', options({ wait: true, timeout: 60 }));
    const { id } = await sdk.call('create_allocation', options({ name: 'sdk', resource_class: 'sdk' }));
    const allocated = await sdk.call('wait_for_allocation', id, options({ timeout: 60 }));
    assert.deepEqual([allocated['state'], allocated['node_id']], ['active', node]);
    assert.equal((await sdk.call('update_allocation', id, options({ name: 'mine' })))['name'], 'mine');
    assert.equal((await sdk.call('get_node', node))['allocation_id'], id);
    await sdk.call('delete_allocation', id, options({ ignore_missing: false }));
    assert.equal((await sdk.call('get_node', node))['allocation_id'], null);
    const none = await sdk.call('create_allocation', options({ resource_class: 'nobody-has-this' }));
    await assert.rejects(sdk.call('wait_for_allocation', none['id'], options({ timeout: 60 })), /ResourceFailure/);
  });
});
