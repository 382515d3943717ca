import { getAgentSession } from '../db/agent-sessions.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import type { AgentClient } from '../drivers/agent/client.ts';
import type { AgentCall, AgentSubject } from '../drivers/agent/commands.ts';
import { nameOfNode, portsOf, type Device } from './device.ts';
import { leaseAgent } from './leased.ts';
import { reportProgress } from './progress.ts';
import { keepSecrets } from './secrets.ts';
import type { Tools } from './tools.ts';

/** The agent that runs on a machine now, and the node as the agent is told of it. */
export interface AgentOnDevice {
  readonly call: AgentCall;
  readonly subject: AgentSubject;
  /** When the agent came up: nothing was asked of it before. */
  readonly startedAt: Date;
}

/** Reaches for the agent of a machine. @throws BareMetalError `AgentLost` when none has called */
export async function openAgent(tools: Tools, device: Device): Promise<AgentOnDevice> {
  const { node, signal } = device;
  const session = await getAgentSession(tools.db, node.uuid);
  const { callbackUrl, verifyCa, token } = session ?? {};
  if (!session || !callbackUrl || !verifyCa || !token) {
    throw new BareMetalError('AgentLost', `Node ${nameOfNode(node)} has no agent that has called back; boot it again.`);
  }
  keepSecrets(token);
  const target = { nodeUuid: node.uuid, callbackUrl, verifyCa, token };
  const client = whilePowered(leaseAgent(tools.agent), tools, device);
  const call = { client, target, signal, heartbeat: reportProgress };
  const subject = { node, ports: await portsOf(tools, device), dials: eraseDials(tools) };
  return { call, subject, startedAt: session.firstHeartbeatAt ?? new Date() };
}

/**
 * The client of an agent whose machine may be switched off: one that doesn't answer is looked for by the BMC, and with
 * the power off its agent is gone, and what it did with it.
 */
function whilePowered(client: AgentClient, { drivers }: Tools, { node, signal }: Device): AgentClient {
  const isOff = async (): Promise<boolean> => {
    const { power } = drivers.hardwareType(node.driver);
    // A BMC that doesn't answer either tells nothing of the machine.
    const state = await power.getPowerState({ node, signal }).catch(() => 'unknown');
    return state === 'power off';
  };
  const check = async (error: unknown): Promise<never> => {
    const isSilent = error instanceof BareMetalError && error.code === 'AgentUnreachable';
    if (!isSilent || !(await isOff())) throw error;
    const why = `the machine is powered off, and its agent with it (${error.message})`;
    const message = `Node ${nameOfNode(node)}: ${why}. Find out who switched it off, then ask for the operation again.`;
    throw new BareMetalError('AgentLost', message, { cause: error });
  };
  return {
    ...client,
    listCommands: (...args) => client.listCommands(...args).catch(check),
    startCommand: (...args) => client.startCommand(...args).catch(check),
    getCommand: (...args) => client.getCommand(...args).catch(check),
  };
}

/**
 * How the agent erases, by its own names (Ironic: deploy_utils.agent_add_clean_params). An erase that the
 * disk itself refuses is not continued by a weaker one.
 */
function eraseDials({ settings }: Tools): JsonObject {
  return {
    agent_erase_devices_iterations: settings.eraseIterations,
    agent_erase_devices_zeroize: true,
    agent_continue_if_secure_erase_failed: false,
    agent_continue_if_ata_erase_failed: false,
    agent_enable_ata_secure_erase: true,
    agent_enable_nvme_secure_erase: true,
    disk_erasure_concurrency: settings.eraseConcurrency,
    agent_erase_skip_read_only: false,
  };
}
