import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getNodeByUuid } from '../../db/nodes.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { addCallingMachine, type Boot, type Machine } from '../workflows/support/machine.ts';
import { openIronicAgent, type IronicAgent } from './support/ironic-agent.ts';
import { installClients } from './support/session.ts';
import { untilSucceeds } from '../support/until.ts';

const MAC = '52:54:00:0d:00:01';

describe('the API client of ironic-python-agent 13.0.0', function () {
  this.timeout(300_000);
  let folder: string;
  let stack: Stack;
  let agent: IronicAgent;
  let machine: Machine;
  before(async () => {
    installClients();
    folder = await mkdtemp(join(tmpdir(), 'anneal-images-'));
    stack = await startStack({}, { ANNEAL_IMAGE_CACHE: join(folder, 'cache'), ANNEAL_IMAGE_FOLDERS: folder });
    agent = openIronicAgent(stack.url);
    machine = await addCallingMachine({ addNode: (node) => addNode(node?.driverInfo ?? {}) }, { callBack: boot });
  });
  after(async () => {
    agent?.close();
    await machine?.close();
    await stack?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function addNode(driverInfo: Readonly<Record<string, unknown>>) {
    const uuid = await stack.addNode({ driver: 'ipmi', driver_info: driverInfo, network_interface: 'noop' });
    const answer = await stack.request('POST', '/v1/ports', { body: { node_uuid: uuid, address: MAC } });
    assert.equal(answer.status, 201, answer.text);
    const node = await getNodeByUuid(stack.database.pool, uuid);
    assert.ok(node);
    return node;
  }

  const tokens: string[] = [];

  /** What the agent does after it has booted: look itself up, report when it was booted for that, call back. */
  async function boot({ nodeUuid, agent: server, certificate, disks }: Boot): Promise<void> {
    const { node, config } = await agent.lookup([MAC]);
    assert.equal(node.uuid, nodeUuid);
    tokens.push(config.agent_token);
    server.useToken(config.agent_token);
    const { body } = await stack.request('GET', `/v1/nodes/${nodeUuid}`);
    if (body.provision_state.startsWith('inspect')) {
      const interfaces = [{ name: 'eth0', mac_address: MAC }];
      const cpu = { architecture: 'x86_64', count: 2 };
      await agent.inspect({ inventory: { interfaces, disks, cpu, memory: { physical_mb: 2048 } } });
    }
    await untilHeard(nodeUuid, { url: server.url, certificate: certificate.cert });
  }

  /** The agent's own heartbeater tries again after an error. */
  async function untilHeard(nodeUuid: string, listens: { url: string; certificate: string }): Promise<void> {
    await untilSucceeds(() => agent.heartbeat(nodeUuid, listens), { everyMs: 200 });
  }

  async function move(target: string, state: string): Promise<void> {
    const answer = await stack.provision(machine.nodeUuid, { target });
    assert.equal(answer.status, 202, answer.text);
    await stack.awaitState(machine.nodeUuid, state);
  }

  async function chooseImage(): Promise<void> {
    const bytes = randomBytes(65_536);
    bytes.writeUInt16BE(0x55aa, 510);
    const path = join(folder, 'image.raw');
    await writeFile(path, bytes);
    const value = {
      image_source: `file://${path}`,
      image_os_hash_algo: 'sha256',
      image_os_hash_value: createHash('sha256').update(bytes).digest('hex'),
    };
    const body = [{ op: 'replace', path: '/instance_info', value }];
    const answer = await stack.request('PATCH', `/v1/nodes/${machine.nodeUuid}`, { body });
    assert.equal(answer.status, 200, answer.text);
  }

  it('takes a node with a BMC through its whole life, with a token of its own for each boot', async () => {
    await move('manage', 'manageable');
    await move('inspect', 'manageable');
    const inventory = await stack.request('GET', `/v1/nodes/${machine.nodeUuid}/inventory`);
    assert.equal(inventory.body.inventory.memory.physical_mb, 2048);
    await move('provide', 'available');
    await chooseImage();
    await move('active', 'active');
    await move('deleted', 'available');
    assert.equal(tokens.length, new Set(tokens).size);
    assert.ok(tokens.length >= 4, `${tokens.length} boots`);
    assert.ok(machine.done().includes('erase_devices') && machine.done().includes('verify_erasure'));
  });

  it('finds no node for an unknown address, nor one that waits for nobody', async () => {
    await assert.rejects(agent.lookup(['52:54:00:0d:00:99']), /LookupNodeError/);
    await assert.rejects(agent.lookup([MAC]), /LookupNodeError/);
  });

  it('gives the token to the first who asks only, and hears nobody without it', async () => {
    machine.calls = false;
    await move('manage', 'manageable');
    await stack.provision(machine.nodeUuid, { target: 'provide' });
    const first = await agent.lookup([MAC]);
    assert.match(first.config.agent_token, /^[\w-]{16,}$/);
    const second = await agent.lookup([MAC]);
    assert.equal(second.config.agent_token, '******');
    const listens = { url: machine.agent.url, certificate: machine.agent.certificate.cert };
    await assert.rejects(agent.heartbeat(machine.nodeUuid, listens), /HeartbeatError: .*token/i);
    await stack.provision(machine.nodeUuid, { target: 'abort' });
    await stack.awaitState(machine.nodeUuid, 'clean failed');
  });
});
