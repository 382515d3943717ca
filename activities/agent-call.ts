import { getAgentSession } from '../db/agent-sessions.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
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
  /** When the machine was started with this agent. */
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
  const call = { client: leaseAgent(tools.agent), target, signal, heartbeat: reportProgress };
  const subject = { node, ports: await portsOf(tools, device), dials: eraseDials(tools) };
  return { call, subject, startedAt: session.poweredOnAt ?? new Date() };
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
