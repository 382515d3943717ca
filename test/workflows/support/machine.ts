import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { VirtualBmc } from 'ipmi-js/server';
import { getAgentSession, recordHeartbeat } from '../../../db/agent-sessions.ts';
import { saveInventory } from '../../../db/inventory.ts';
import type { Queryable } from '../../../db/pool.ts';
import { BareMetalError } from '../../../domain/errors.ts';
import { nodeWorkflowId } from '../../../domain/ids.ts';
import type { JsonObject, Node } from '../../../domain/node.ts';
import { AGENT_HEARTBEAT_SIGNAL, INVENTORY_SIGNAL } from '../../../workflows/messages.ts';
import {
  makeAgentCertificate,
  startAgentServer,
  type AgentCertificate,
  type AgentServer,
} from '../../support/agent-server.ts';
import type { NodeWishes } from './site.ts';

/** Where a machine stands: a site, or a bench of the battery. */
export interface Surroundings {
  readonly tools: { readonly db: Queryable };
  readonly client: Client;
  addNode(node?: NodeWishes): Promise<Node>;
}

/** What a machine is to be like. */
export interface MachineWishes {
  readonly driverInfo?: JsonObject;
  /** Making one costs an openssl; many machines may share it. */
  readonly certificate?: AgentCertificate;
  readonly bmcPassword?: string;
  readonly agentToken?: string;
  /** How often the agent calls after its first call; never unless said. */
  readonly heartbeatMs?: number | undefined;
}

/** The agent's side of a boot from the network. */
export interface Boot {
  readonly nodeUuid: string;
  readonly agent: AgentServer;
  readonly certificate: AgentCertificate;
  readonly disks: readonly MachineDisk[];
  isOn(): boolean;
}

/** A disk of the machine; `dirty` keeps its data when it is erased. */
export interface MachineDisk {
  readonly name: string;
  readonly serial: string;
  readonly size: number;
  dirty: boolean;
}

/** A machine with a real BMC protocol and the agent's real wire, without a guest. */
export interface Machine {
  readonly nodeUuid: string;
  readonly bmcPassword: string;
  readonly agent: AgentServer;
  readonly orders: string[];
  readonly disks: MachineDisk[];
  /** Everything that the agent was told to do. */
  done(): string[];
  power: 'on' | 'off';
  /** False: the firmware does not act on the clear CMOS flag. */
  clearsCmos: boolean;
  /** False: the agent never calls. */
  calls: boolean;
  close(): Promise<void>;
}

const ERASE = { step: 'erase_devices', priority: 10, interface: 'deploy', reboot_requested: false, abortable: true };
const BURN_IN = { ...ERASE, step: 'burnin_cpu', priority: 0, argsinfo: { loops: { description: 'How often.' } } };
const VERIFY = { ...ERASE, step: 'verify_erasure', priority: 0 };

/** Adds a node with such a machine; what the API would do when its agent calls is done by hand. */
export function addMachine(site: Surroundings, wishes: MachineWishes = {}): Promise<Machine> {
  const { heartbeatMs } = wishes;
  return addCallingMachine(site, {
    ...wishes,
    async callBack(boot) {
      await callBack(site, boot);
      if (heartbeatMs !== undefined) await keepCalling(site, boot, heartbeatMs);
    },
  });
}

/** Adds a node with such a machine; `callBack` is what its agent does after each boot. */
export async function addCallingMachine(
  site: Pick<Surroundings, 'addNode'>,
  wishes: MachineWishes & { readonly callBack: (boot: Boot) => Promise<void> },
): Promise<Machine> {
  const { driverInfo = {}, certificate = await makeAgentCertificate() } = wishes;
  const { bmcPassword = randomBytes(6).toString('hex') } = wishes;
  const agent = await startAgentServer(certificate, wishes.agentToken);
  const machine = { power: 'off' as 'on' | 'off', clearsCmos: true, calls: true };
  const orders: string[] = [];
  const isOn = () => machine.power === 'on';
  const disks: MachineDisk[] = [
    { name: '/dev/vda', serial: `V${randomUUID().slice(0, 8)}`, size: 5 * 2 ** 30, dirty: false },
    { name: '/dev/sda', serial: `S${randomUUID().slice(0, 8)}`, size: 8 * 2 ** 30, dirty: false },
  ];
  const bmc = new VirtualBmc({
    port: 0,
    users: [{ name: 'ops', password: bmcPassword }],
    chassis: {
      getPower: () => machine.power,
      powerOn() {
        if (machine.power === 'on') return void orders.push('on again');
        machine.power = 'on';
        // A firmware that ignores the flags leaves them standing.
        const { device } = machine.clearsCmos ? bmc.bootFlags.consumeOverride() : bmc.bootFlags.get();
        orders.push(`on from ${device ?? 'disk'}`);
        if (machine.clearsCmos && bmc.bootFlags.acknowledgeClearCmos()) orders.push('clear CMOS');
        if (device === 'pxe' && machine.calls)
          void wishes.callBack({ nodeUuid: node.uuid, agent, certificate, disks, isOn }).catch(refused);
      },
      powerOff() {
        orders.push(machine.power === 'off' ? 'off again' : 'off');
        machine.power = 'off';
      },
      reset: () => void orders.push('reset'),
      nmi: () => void orders.push('nmi'),
      softOff: () => void orders.push('soft off'),
    },
  });
  await bmc.start();
  const node = await site.addNode({
    provisionState: 'manageable',
    driver: 'ipmi',
    driverInfo: {
      ipmi_address: '127.0.0.1',
      ipmi_port: bmc.address.port,
      ipmi_username: 'ops',
      ipmi_password: bmcPassword,
      ...driverInfo,
    },
  });
  script(agent, disks);
  return Object.assign(machine, {
    nodeUuid: node.uuid,
    bmcPassword,
    agent,
    orders,
    disks,
    done: () => agent.started.map(nameOfCommand),
    async close() {
      await bmc.stop();
      await agent.close();
    },
  });
}

function nameOfCommand({ name, params }: { name: string; params: JsonObject }): string {
  const step = params['step'] as { step?: string } | undefined;
  return step?.step ?? name;
}

/** What the agent answers: the shapes of ironic-python-agent 13.0.0 with Anneal's plugin. */
function script({ scripts, close }: AgentServer, disks: readonly MachineDisk[]): void {
  scripts.set('poll.get_hardware_info', (_, done) => done({ disks }));
  scripts.set('clean.get_clean_steps', (_, done) => done({ clean_steps: { Manager: [ERASE, VERIFY] } }));
  scripts.set('service.get_service_steps', (_, done) => done({ service_steps: { Manager: [BURN_IN] } }));
  scripts.set('deploy.get_deploy_steps', (_, done) => done({ deploy_steps: { Manager: [] } }));
  scripts.set('clean.execute_clean_step', (params, done) => {
    const step = params['step'] as { step: string };
    const result = step.step === 'verify_erasure' ? { samples: 4, disks: disks.map(sample) } : null;
    setTimeout(() => done({ clean_step: params['step'], clean_result: result }), 50);
  });
  scripts.set('deploy.execute_deploy_step', (params, done) => {
    setTimeout(() => done({ deploy_step: params['step'], deploy_result: null }), 50);
  });
  scripts.set('service.execute_service_step', (params, done) => {
    setTimeout(() => done({ service_step: params['step'], service_result: null }), 50);
  });
  scripts.set('image.install_bootloader', (_, done) => done({ result: 'ok' }));
  // The agent ends once it has given this answer.
  scripts.set('rescue.finalize_rescue', (_, done) => {
    done({ result: null });
    setTimeout(() => void close(), 20);
  });
  scripts.set('standby.sync', (_, done) => done({ result: 'ok' }));
}

function sample(disk: MachineDisk): JsonObject {
  return {
    device_name: disk.name,
    serial: disk.serial,
    wwn: null,
    model: 'Virtual',
    method: 'shred',
    ok: !disk.dirty,
    size: disk.size,
    samples_read: 6,
    non_zero_samples: disk.dirty ? 2 : 0,
    first_non_zero_offset: disk.dirty ? 0 : null,
    direct: true,
    error: null,
  };
}

/** The agent boots, looks itself up, reports when it was booted for inspection, and calls back, as the API would take it. */
async function callBack(surroundings: Surroundings, boot: Boot): Promise<void> {
  const { nodeUuid, agent, disks } = boot;
  const { db } = surroundings.tools;
  const session = await getAgentSession(db, nodeUuid);
  if (session === undefined) return;
  await db.query('update agent_sessions set token = $2::text where node_uuid = $1::uuid', [nodeUuid, agent.token]);
  if (session.network === 'inspection') {
    await saveInventory(db, { nodeUuid, inventory: { disks, cpu: { architecture: 'x86_64' } }, pluginData: {} });
    const handle = surroundings.client.workflow.getHandle(nodeWorkflowId(nodeUuid));
    await handle.signal(INVENTORY_SIGNAL, { bootId: session.bootId });
  }
  await heartbeat(surroundings, boot);
}

/** Calls again and again, as long as the machine is on and the agent is wanted. */
async function keepCalling(surroundings: Surroundings, boot: Boot, pauseMs: number): Promise<void> {
  for (; boot.isOn(); await sleep(pauseMs, undefined, { ref: false })) await heartbeat(surroundings, boot);
}

async function heartbeat(
  { tools: { db }, client }: Surroundings,
  { nodeUuid, agent, certificate }: Boot,
): Promise<void> {
  const { bootId, awaited } = await recordHeartbeat(db, {
    nodeUuid,
    token: agent.token,
    callbackUrl: agent.url,
    verifyCa: certificate.cert,
    agentVersion: '13.0.0',
  });
  if (awaited) await client.workflow.getHandle(nodeWorkflowId(nodeUuid)).signal(AGENT_HEARTBEAT_SIGNAL, { bootId });
}

/** An agent whose machine is being put away already is told that nobody wants it. */
function refused(error: unknown): void {
  const unwanted = error instanceof BareMetalError && error.code === 'AgentTokenInvalid';
  if (!unwanted && !(error instanceof WorkflowNotFoundError)) throw error;
}
