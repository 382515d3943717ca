import assert from 'node:assert/strict';
import { putConfigDrive } from '../../db/config-drives.ts';
import { listErasures } from '../../db/erasures.ts';
import { getAgentSession } from '../../db/agent-sessions.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { RESCUE_HASH } from '../support/operations.ts';
import { createAgentSite, type AgentSite } from './support/agent-site.ts';
import { historyText } from './support/history.ts';
import type { Machine } from './support/machine.ts';
import { until } from '../support/until.ts';

describe('machines with a BMC and an agent', function () {
  this.timeout(180_000);
  let site: AgentSite;
  let goneBefore: Promise<void>;

  before(async () => {
    site = await createAgentSite({ ANNEAL_BOOT_URL: 'http://172.31.100.1:8089' });
    // Tries again and again, for as long as the other tests take.
    goneBefore = rescueWithoutAgent();
    goneBefore.catch(() => {});
  });
  after(() => site.close());

  const addActive = async (): Promise<Machine> => {
    const machine = await site.addMachine({}, { provisionState: 'active' });
    machine.power = 'on';
    return machine;
  };

  it('inspects, cleans with proof, deploys, and takes back', async () => {
    const machine = await site.addMachine();
    const { nodeUuid } = machine;

    await site.run('inspect', nodeUuid);
    const inspected = await site.node(nodeUuid);
    assert.deepEqual([inspected.provisionState, inspected.powerState], ['manageable', 'power off']);
    assert.equal(inspected.properties['local_gb'], 4);

    await site.run('provide', nodeUuid);
    assert.equal((await site.node(nodeUuid)).provisionState, 'available');
    assert.deepEqual(machine.orders, ['on from pxe', 'off', 'on from pxe', 'clear CMOS', 'off']);
    assert.deepEqual(machine.done(), [
      'poll.get_hardware_info',
      'clean.get_clean_steps',
      'erase_devices',
      'verify_erasure',
    ]);
    const records = await listErasures(site.tools.db, { nodeUuid });
    const proved = records.map(({ subject, serial, result }) => `${subject} ${serial ?? ''} ${result}`);
    const expected = ['bios  accepted', ...machine.disks.map(({ serial }) => `disk ${serial} accepted`)];
    assert.deepEqual(new Set(proved), new Set(expected));

    const image = await site.makeImage();
    await site.setInstance(nodeUuid, image);
    await putConfigDrive(site.tools.db, { nodeUuid, content: JSON.stringify({ meta_data: { a: 'drive-secret-1' } }) });
    await site.run('deploy', nodeUuid);
    const deployed = await site.node(nodeUuid);
    assert.deepEqual([deployed.provisionState, deployed.powerState], ['active', 'power on']);
    assert.equal(machine.orders.at(-1), 'on from disk');
    assert.equal(await getAgentSession(site.tools.db, nodeUuid), undefined);
    const write = machine.agent.started.find(({ params }) => JSON.stringify(params).includes('"write_image"'));
    assert.match(JSON.stringify(write?.params), new RegExp(`http://172.31.100.1:8089/images/${image.sha256}`));
    assert.match(JSON.stringify(write?.params), /"root_device":\{"name":"\/dev\/vda"\}/);

    await site.run('delete', nodeUuid);
    const released = await site.node(nodeUuid);
    assert.deepEqual(
      [released.provisionState, released.powerState, released.instanceInfo],
      ['available', 'power off', {}],
    );
    await noSecretInHistories(nodeUuid, [machine.bmcPassword, machine.agent.token, 'drive-secret-1']);
  });

  it('ends in clean failed when the agent never calls, says so, and works again afterwards', async () => {
    const machine = await site.addMachine();
    machine.calls = false;
    await assert.rejects(site.run('provide', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.equal(node.provisionState, 'clean failed');
    assert.match(node.lastError ?? '', /"clean wait" for more than 5 s: the agent did not call back/);
    assert.equal(machine.power, 'off');

    machine.calls = true;
    await site.run('manage', machine.nodeUuid);
    await site.run('provide', machine.nodeUuid);
    assert.equal((await site.node(machine.nodeUuid)).provisionState, 'available');
  });

  it('ends in clean failed at once when somebody switches the machine off, and works again afterwards', async () => {
    const machine = await site.addMachine();
    const { scripts } = machine.agent;
    const cleans = scripts.get('clean.execute_clean_step') ?? assert.fail();
    scripts.set('clean.execute_clean_step', () => {
      machine.power = 'off';
      machine.agent.broken = 503;
    });
    const begun = Date.now();
    await assert.rejects(site.run('provide', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.equal(node.provisionState, 'clean failed');
    assert.match(
      node.lastError ?? '',
      /the machine is powered off, and its agent with it \(.*Find out who switched it/,
    );
    // Silence alone is borne for two minutes, by each of twenty tries.
    assert.ok(Date.now() - begun < 30_000);

    machine.agent.broken = undefined;
    machine.agent.useToken(machine.agent.token);
    scripts.set('clean.execute_clean_step', cleans);
    await site.run('manage', machine.nodeUuid);
    await site.run('provide', machine.nodeUuid);
    assert.equal((await site.node(machine.nodeUuid)).provisionState, 'available');
  });

  it('refuses a disk that keeps data', async () => {
    const machine = await site.addMachine();
    const [disk] = machine.disks;
    if (disk) disk.dirty = true;
    await assert.rejects(site.run('provide', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.equal(node.provisionState, 'clean failed');
    assert.match(node.lastError ?? '', /not proved empty: \/dev\/vda .*2 of 6 samples hold data/);
  });

  it('refuses a machine that lost a disk since its inspection, before anything is erased', async () => {
    const machine = await site.addMachine();
    await site.run('inspect', machine.nodeUuid);
    machine.disks.pop();
    await assert.rejects(site.run('provide', machine.nodeUuid));
    assert.match((await site.node(machine.nodeUuid)).lastError ?? '', /inspection saw \/dev\/sda .*put the disk back/);
    assert.ok(!machine.done().includes('erase_devices'));
  });

  it('refuses a machine whose firmware ignores the BIOS reset, unless that was waived', async () => {
    const machine = await site.addMachine();
    machine.clearsCmos = false;
    await assert.rejects(site.run('provide', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.equal(node.provisionState, 'clean failed');
    assert.match(node.lastError ?? '', /did not act on the clear CMOS flag/);

    const waived = await site.addMachine({ bios_reset: false });
    waived.clearsCmos = false;
    await site.run('provide', waived.nodeUuid);
    assert.equal((await site.node(waived.nodeUuid)).provisionState, 'available');
  });

  it('leaves the machine alone when the image does not fit, and names the reason', async () => {
    const machine = await site.addMachine();
    await site.run('provide', machine.nodeUuid);
    const before = machine.orders.length;
    await site.setInstance(machine.nodeUuid, { ...(await site.makeImage()), sha256: 'a'.repeat(64) });
    await assert.rejects(site.run('deploy', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.equal(node.provisionState, 'deploy failed');
    assert.match(node.lastError ?? '', /checksum|SHA-256|sha256/i);
    assert.equal(machine.orders.length, before);
  });

  it('does not leave the tenant running unseen when the image of a rebuild does not fit', async () => {
    const machine = await site.addMachine();
    await site.run('provide', machine.nodeUuid);
    await site.setInstance(machine.nodeUuid, await site.makeImage());
    await site.run('deploy', machine.nodeUuid);
    assert.equal(machine.power, 'on');
    await site.setInstance(machine.nodeUuid, { ...(await site.makeImage()), sha256: 'b'.repeat(64) });
    await assert.rejects(site.run('rebuild', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.deepEqual([node.provisionState, node.powerState, machine.power], ['deploy failed', 'power off', 'off']);
    assert.match(node.lastError ?? '', /checksum|SHA-256|sha256/i);

    await site.setInstance(machine.nodeUuid, await site.makeImage());
    await site.run('rebuild', machine.nodeUuid);
    assert.deepEqual([(await site.node(machine.nodeUuid)).provisionState, machine.power], ['active', 'on']);
  });

  it('fails a deployment whose system the agent cannot enter into the boot list, in the words of the agent', async () => {
    const machine = await site.addMachine();
    machine.agent.scripts.set('image.install_bootloader', (_params, _done, fail) => fail('no EFI partition'));
    await site.run('provide', machine.nodeUuid);
    await site.setInstance(machine.nodeUuid, await site.makeImage());
    await assert.rejects(site.run('deploy', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.deepEqual([node.provisionState, machine.power], ['deploy failed', 'off']);
    assert.match(node.lastError ?? '', /install_bootloader failed .*no EFI partition/);
  });

  it('finds no root device that fits the hints', async () => {
    const machine = await site.addMachine();
    await site.run('provide', machine.nodeUuid);
    await site.setInstance(machine.nodeUuid, await site.makeImage(), { root_device: { serial: 'nobody' } });
    await assert.rejects(site.run('deploy', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.deepEqual([node.provisionState, machine.power], ['deploy failed', 'off']);
    assert.match(node.lastError ?? '', /No root device for .*nobody/);
  });

  it('leaves an inspected machine alone when none of its disks fits', async () => {
    const machine = await site.addMachine();
    await site.run('inspect', machine.nodeUuid);
    await site.run('provide', machine.nodeUuid);
    const before = machine.orders.length;
    await site.setInstance(machine.nodeUuid, await site.makeImage(), { root_device: { serial: 'nobody' } });
    await assert.rejects(site.run('deploy', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.equal(node.provisionState, 'deploy failed');
    assert.match(node.lastError ?? '', /No root device for .*nobody.*\/dev\/vda/);
    assert.equal(machine.orders.length, before);
  });

  it('rescues: only the hash of the password reaches the agent, and no history', async () => {
    const machine = await addActive();
    await site.run('rescue', machine.nodeUuid);
    const node = await site.node(machine.nodeUuid);
    assert.deepEqual([node.provisionState, machine.power], ['rescue', 'on']);
    assert.deepEqual(machine.orders, ['off', 'on from pxe']);
    const [finalize] = machine.agent.started.filter(({ name }) => name === 'rescue.finalize_rescue');
    assert.deepEqual(finalize?.params, { rescue_password: RESCUE_HASH, hashed: true });
    assert.equal(await getAgentSession(site.tools.db, machine.nodeUuid), undefined);
    await noSecretInHistories(machine.nodeUuid, [RESCUE_HASH, machine.agent.token], 1);

    await site.run('unrescue', machine.nodeUuid);
    assert.equal((await site.node(machine.nodeUuid)).provisionState, 'active');
    assert.deepEqual(machine.orders.slice(2), ['off', 'on from disk']);
  });

  it('takes an agent that is gone after it was sent the password for one that has it', async () => {
    const machine = await addActive();
    // The answer is lost: the agent ends before it has given it.
    machine.agent.scripts.set('rescue.finalize_rescue', () => void machine.agent.close());
    await site.run('rescue', machine.nodeUuid);
    assert.equal((await site.node(machine.nodeUuid)).provisionState, 'rescue');
    assert.equal(machine.done().filter((name) => name === 'rescue.finalize_rescue').length, 1);
  });

  it('does not take an agent that was gone before for one that has the password', () => goneBefore);

  async function rescueWithoutAgent(): Promise<void> {
    const machine = await addActive();
    machine.agent.scripts.set('rescue.finalize_rescue', () => {
      throw new Error('nobody was to be reached');
    });
    await machine.agent.close();
    await assert.rejects(site.run('rescue', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.deepEqual([node.provisionState, machine.power], ['rescue failed', 'off']);
    // Its port may be another machine's by now.
    assert.match(
      node.lastError ?? '',
      /Could not start rescue\.finalize_rescue of the agent .*(was refused|another certificate)/,
    );
  }

  it('runs manual clean steps, refuses unknown ones, and proves an erase', async () => {
    const machine = await site.addMachine();
    const unknown = { interface: 'raid', step: 'create', priority: 0 } as const;
    await assert.rejects(site.run('clean', machine.nodeUuid, { steps: [unknown] }));
    assert.match((await site.node(machine.nodeUuid)).lastError ?? '', /Nobody offers the step raid\.create/);
    await site.run('manage', machine.nodeUuid);
    const erase = { interface: 'deploy', step: 'erase_devices', priority: 0 } as const;
    await site.run('clean', machine.nodeUuid, { steps: [erase] });
    assert.equal((await site.node(machine.nodeUuid)).provisionState, 'manageable');
    assert.deepEqual(machine.done().slice(-2), ['erase_devices', 'verify_erasure']);
  });

  it('says that the BMC refused the password, and works again with the right one', async () => {
    const machine = await site.addMachine();
    await setPassword(machine.nodeUuid, 'wrong');
    await assert.rejects(site.run('provide', machine.nodeUuid));
    const node = await site.node(machine.nodeUuid);
    assert.equal(node.provisionState, 'clean failed');
    assert.match(node.lastError ?? '', /password|user/i);
    await setPassword(machine.nodeUuid, machine.bmcPassword);
    await site.run('manage', machine.nodeUuid);
    await site.run('provide', machine.nodeUuid);
    assert.equal((await site.node(machine.nodeUuid)).provisionState, 'available');
  });

  async function setPassword(nodeUuid: string, password: string): Promise<void> {
    const change = JSON.stringify({ ipmi_password: password });
    await site.tools.db.query(
      'update nodes set driver_info = driver_info || $2::jsonb, maintenance = false where uuid = $1::uuid',
      [nodeUuid, change],
    );
  }

  async function noSecretInHistories(nodeUuid: string, secrets: readonly string[], runs = 4): Promise<void> {
    const query = `NodeUuid = '${nodeUuid}'`;
    // The list of runs follows the runs themselves after a moment.
    await until(`${runs} runs by ${query}`, async () => (await site.client.workflow.count(query)).count >= runs);
    let histories = 0;
    for await (const run of site.client.workflow.list({ query })) {
      const handle = site.client.workflow.getHandle(nodeWorkflowId(nodeUuid), run.runId);
      const text = historyText(await handle.fetchHistory());
      for (const secret of secrets) assert.ok(!text.includes(secret), `a secret stands in the history of ${run.type}`);
      histories += 1;
    }
    assert.equal(histories, runs);
  }
});
