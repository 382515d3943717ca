import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { LIVES, NODE, type ResourceLife } from './commands/lives.ts';
import { allCommands, noteCommands, type NotedBaremetal } from './commands/tried.ts';
import { openBaremetal } from './support/baremetal.ts';
import { withFile } from './support/file.ts';
import { installClients } from './support/session.ts';
import { startTarget, type Target } from './support/target.ts';
import { until } from '../support/until.ts';

type Fields = Record<string, unknown>;

/** Commands that are not tried, each with its reason. */
const NOT_TRIED: Readonly<Record<string, string>> = {};

const WAIT = ['--wait', '120'];
/** A step that fake hardware of both services has. */
const CLEAN_STEPS = '[{"interface": "raid", "step": "delete_configuration"}]';

describe('every command of baremetal (python-ironicclient 6.3.0)', function () {
  this.timeout(300_000);
  let target: Target;
  let baremetal: NotedBaremetal;
  let commands: readonly string[];
  let site: readonly string[];
  before(async () => {
    installClients();
    target = await startTarget();
    commands = allCommands();
    baremetal = noteCommands(openBaremetal(target.url), commands);
    const group = target.nodeFields['conductor_group'];
    site = group === undefined ? [] : ['--conductor-group', group];
  });
  after(async () => {
    baremetal?.close();
    await target?.close();
  });

  const create = (name: string, ...words: string[]) =>
    baremetal.json<{ uuid: string }>('node', 'create', '--driver', 'fake-hardware', '--name', name, ...site, ...words);
  const show = (name: string) => baremetal.json('node', 'show', name);
  const verb = (words: string, name: string, ...more: string[]) =>
    baremetal.run('node', ...words.split(' '), name, ...more, ...WAIT);
  const isIn = async (name: string, state: string) => assert.equal((await show(name))['provision_state'], state);
  const readied = async (name: string, ...words: string[]) => {
    const { uuid } = await create(name, ...words);
    await verb('manage', name);
    return uuid;
  };
  const settled = async (name: string) => {
    await until(`${name} without a reservation`, async () => (await show(name))['reservation'] === null);
  };

  const powerOff = async (name: string) => {
    await baremetal.run('node', 'power', 'off', name);
    await settled(name);
  };

  async function live(life: ResourceLife, node: string): Promise<void> {
    const words = life.words.split(' ');
    const withNode = (list: readonly string[]) => list.map((word) => (word === NODE ? node : word));
    const group = life.words === 'node' ? site : [];
    const { uuid } = await baremetal.json<{ uuid: string }>(...words, 'create', ...withNode(life.create), ...group);
    const matches = async (expected: Fields) => {
      const shown = await baremetal.json(...words, 'show', uuid);
      const seen = Object.fromEntries(Object.keys(expected).map((name) => [name, shown[name]]));
      assert.deepEqual(seen, JSON.parse(JSON.stringify(expected).replaceAll(NODE, node)));
    };
    const isListed = async () => {
      const list = await baremetal.json<Fields[]>(...words, 'list', ...withNode(life.find ?? []));
      return list.some((line) => (line['uuid'] ?? line['UUID']) === uuid);
    };
    await matches(life.made);
    assert.ok(await isListed(), `${life.words} list has it`);
    await baremetal.json(...words, 'list', '--long');
    await baremetal.run(...words, 'set', uuid, ...withNode(life.set));
    await matches(life.changed);
    await baremetal.run(...words, 'unset', uuid, ...withNode(life.unset));
    await matches(life.cleared);
    await baremetal.run(...words, 'delete', uuid);
    assert.ok(!(await isListed()), `${life.words} list has it no longer`);
  }

  for (const life of LIVES)
    it(`${life.words}: create, show, list, set, unset, delete`, async () => {
      const name = `for-${life.words.replace(' ', '-')}`;
      const node = await readied(name);
      // Volumes of a machine that may be on can't be changed.
      await powerOff(name);
      await live(life, node);
    });

  it('allocation: create, show, list, set, unset, delete', async () => {
    await readied('to-be-allocated', '--resource-class', 'allocated');
    await powerOff('to-be-allocated');
    await verb('provide', 'to-be-allocated');
    const words = ['--resource-class', 'allocated', '--name', 'mine', ...WAIT];
    const { uuid } = await baremetal.json<{ uuid: string }>('allocation', 'create', ...words);
    const shown = await baremetal.json('allocation', 'show', 'mine');
    assert.deepEqual([shown['uuid'], shown['state']], [uuid, 'active']);
    assert.equal((await show('to-be-allocated'))['allocation_uuid'], uuid);
    const listed = await baremetal.json<Fields[]>('allocation', 'list', '--resource-class', 'allocated');
    assert.equal(listed.length, 1);
    await baremetal.run('allocation', 'set', uuid, '--name', 'yours', '--extra', 'a=b');
    await baremetal.run('allocation', 'unset', uuid, '--name');
    const changed = await baremetal.json('allocation', 'show', uuid);
    assert.deepEqual([changed['name'], changed['extra']], [null, { a: 'b' }]);
    await baremetal.run('allocation', 'delete', uuid);
    assert.equal((await show('to-be-allocated'))['instance_uuid'], null);
  });

  it('creates what a file describes', async () => {
    const node = { name: 'from-a-file', driver: 'fake-hardware', ...target.nodeFields };
    const description = {
      chassis: [{ description: 'of a file', nodes: [{ ...node, ports: [{ address: '52:54:00:0c:00:09' }] }] }],
    };
    await withFile(JSON.stringify(description), (file) => baremetal.run('create', file), '.json');
    const ports = await baremetal.json<Fields[]>('port', 'list', '--node', 'from-a-file');
    assert.equal(ports[0]?.['address'], '52:54:00:0c:00:09');
  });

  it('node: the way through the provision states', async () => {
    await readied('life');
    await verb('inspect', 'life');
    await verb('clean', 'life', '--clean-steps', CLEAN_STEPS);
    await verb('provide', 'life');
    await withFile(gzipSync(Buffer.alloc(2048)).toString('base64'), (file) =>
      verb('deploy', 'life', '--config-drive', file),
    );
    await verb('rebuild', 'life');
    await verb('undeploy', 'life');
    await isIn('life', 'available');
    const events = await baremetal.json<{ uuid: string }[]>('node', 'history', 'list', 'life', '--long');
    assert.ok(events.length > 0);
    const event = await baremetal.json('node', 'history', 'get', 'life', events[0]?.uuid ?? '');
    assert.equal(event['uuid'], events[0]?.uuid);
  });

  it('node: inventory', async () => {
    await readied('inspected');
    await verb('inspect', 'inspected');
    await withFile('', (file) => baremetal.run('node', 'inventory', 'save', 'inspected', '--file', file));
  });

  it('node: rescue and unrescue', async () => {
    await readied('rescued', '--rescue-interface', 'fake');
    await verb('provide', 'rescued');
    await verb('deploy', 'rescued');
    await verb('rescue', 'rescued', '--rescue-password', 'let-me-in');
    await isIn('rescued', 'rescue');
    await verb('unrescue', 'rescued');
    await isIn('rescued', 'active');
  });

  it('node: adopt', async () => {
    await readied('adopted');
    await verb('adopt', 'adopted');
    await isIn('adopted', 'active');
  });

  it('node: service', async () => {
    await readied('serviced');
    await verb('adopt', 'serviced');
    await verb('service', 'serviced', '--service-steps', '[{"interface": "bios", "step": "factory_reset"}]');
    await isIn('serviced', 'active');
  });

  it('node: hold, unhold and abort', async () => {
    await readied('held');
    const steps = `[{"interface": "power", "step": "hold"}, ${CLEAN_STEPS.slice(1)}`;
    await baremetal.run('node', 'clean', 'held', '--clean-steps', steps);
    await target.awaitState('held', 'clean hold');
    await baremetal.run('node', 'unhold', 'held');
    await target.awaitState('held', 'manageable');
    await baremetal.run('node', 'clean', 'held', '--clean-steps', steps);
    await target.awaitState('held', 'clean hold');
    await baremetal.run('node', 'abort', 'held');
    await target.awaitState('held', 'clean failed');
  });

  it('node: power, reboot, boot device, boot mode, secure boot, NMI, console', async () => {
    await readied('power', '--console-interface', 'fake');
    for (const [words, state] of [
      [['power', 'on'], 'power on'],
      [['reboot'], 'power on'],
      [['power', 'off'], 'power off'],
    ] as const) {
      await baremetal.run('node', ...words, 'power');
      await settled('power');
      assert.equal((await show('power'))['power_state'], state);
    }
    await baremetal.run('node', 'boot', 'device', 'set', 'power', 'pxe');
    await settled('power');
    const device = await baremetal.json('node', 'boot', 'device', 'show', 'power');
    assert.equal(device['boot_device'], 'pxe');
    await baremetal.run('node', 'inject', 'nmi', 'power');
    await settled('power');
    // Whether the hardware can is another matter: the request is taken, as Ironic takes it.
    for (const words of ['boot mode set power uefi', 'secure boot on power', 'secure boot off power']) {
      await baremetal.run('node', ...words.split(' '));
      await settled('power');
    }
    await baremetal.run('node', 'console', 'enable', 'power');
    await settled('power');
    assert.equal((await baremetal.json('node', 'console', 'show', 'power'))['console_enabled'], true);
    await baremetal.run('node', 'console', 'disable', 'power');
    await settled('power');
    assert.equal((await show('power'))['console_enabled'], false);
  });

  it('node: maintenance, validation, traits, VIFs, children', async () => {
    const uuid = await readied('small');
    await baremetal.run('node', 'maintenance', 'set', 'small', '--reason', 'fans');
    assert.equal((await show('small'))['maintenance_reason'], 'fans');
    await baremetal.run('node', 'maintenance', 'unset', 'small');
    const verdicts = await baremetal.json<{ Interface: string; Result: boolean }[]>('node', 'validate', 'small');
    assert.equal(verdicts.find((verdict) => verdict.Interface === 'power')?.Result, true);
    await baremetal.run('node', 'add', 'trait', 'small', 'CUSTOM_A', 'CUSTOM_B');
    await baremetal.run('node', 'remove', 'trait', 'small', 'CUSTOM_A');
    await baremetal.run('node', 'trait', 'add', 'small', 'CUSTOM_C');
    await baremetal.run('node', 'trait', 'remove', 'small', 'CUSTOM_B');
    assert.deepEqual(await baremetal.json('node', 'trait', 'list', 'small'), [{ traits: 'CUSTOM_C' }]);
    await baremetal.run('node', 'remove', 'trait', 'small', '--all');
    assert.deepEqual(await baremetal.json('node', 'trait', 'list', 'small'), []);
    await baremetal.run('port', 'create', '52:54:00:0c:00:0a', '--node', uuid);
    await baremetal.run('node', 'vif', 'attach', 'small', 'vif-1');
    await baremetal.run('node', 'vif', 'list', 'small');
    await baremetal.run('node', 'vif', 'detach', 'small', 'vif-1');
    const { uuid: child } = await create('child', '--parent-node', uuid);
    assert.match(JSON.stringify(await baremetal.json('node', 'children', 'list', 'small')), new RegExp(child));
  });

  it('runbook: its traits', async () => {
    const steps = '[{"interface": "bios", "step": "factory_reset", "args": {}, "order": 1}]';
    await baremetal.run('runbook', 'create', '--name', 'with-traits', '--steps', steps);
    await baremetal.run('runbook', 'trait', 'add', 'with-traits', 'CUSTOM_A', 'CUSTOM_B');
    await baremetal.run('runbook', 'trait', 'remove', 'with-traits', 'CUSTOM_A');
    assert.match(JSON.stringify(await baremetal.json('runbook', 'trait', 'list', 'with-traits')), /CUSTOM_B/);
  });

  it('node: BIOS settings, firmware, vendor methods', async () => {
    await readied('flashed', '--vendor-interface', 'fake');
    const settings = [{ name: 'Hyperthreading', value: 'Disabled' }];
    const step = { interface: 'bios', step: 'apply_configuration', args: { settings } };
    await verb('clean', 'flashed', '--clean-steps', JSON.stringify([step]));
    const listed = await baremetal.json<Fields[]>('node', 'bios', 'setting', 'list', 'flashed');
    assert.equal(listed.length, 1);
    const setting = await baremetal.json('node', 'bios', 'setting', 'show', 'flashed', 'Hyperthreading');
    assert.equal(setting['value'], 'Disabled');
    await baremetal.json('node', 'firmware', 'list', 'flashed');
    const methods = await baremetal.json<Fields[]>('node', 'passthru', 'list', 'flashed');
    const method = methods.find(({ Name: name }) => name === 'second_method');
    assert.equal(method?.['Description'], 'Test if the value of bar is kazoo');
    const call = ['node', 'passthru', 'call', 'flashed', 'second_method'] as const;
    await baremetal.refused(/Parameter 'bar' not passed/, ...call);
    await baremetal.run(...call, '--arg', 'bar=kazoo');
    await settled('flashed');
  });

  it('driver, conductor, shard', async () => {
    const drivers = await baremetal.json<Fields[]>('driver', 'list');
    assert.ok(drivers.some(({ name }) => name === 'fake-hardware'));
    assert.equal((await baremetal.json('driver', 'show', 'fake-hardware'))['name'], 'fake-hardware');
    await baremetal.json('driver', 'property', 'list', 'fake-hardware');
    await baremetal.json('driver', 'raid', 'property', 'list', 'fake-hardware');
    assert.deepEqual(await baremetal.json('driver', 'passthru', 'list', 'fake-hardware'), []);
    await baremetal.refused(/No handler for method nothing/, 'driver', 'passthru', 'call', 'fake-hardware', 'nothing');
    const [conductor] = await baremetal.json<{ hostname: string }[]>('conductor', 'list');
    const hostname = conductor?.hostname ?? '';
    assert.equal((await baremetal.json('conductor', 'show', hostname))['hostname'], hostname);
    await create('sharded', '--shard', 'shard-1');
    assert.match(JSON.stringify(await baremetal.json('shard', 'list')), /shard-1/);
  });

  it('leaves no command untried', () => {
    const left = commands.filter((command) => !baremetal.tried.has(command) && !(command in NOT_TRIED));
    assert.deepEqual(left, []);
    const needless = Object.keys(NOT_TRIED).filter((command) => baremetal.tried.has(command));
    assert.deepEqual(needless, [], 'these are tried by now');
  });
});
