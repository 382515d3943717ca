import { adoptAgentSession, getAgentSession } from '../db/agent-sessions.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { Node } from '../domain/node.ts';
import { openAgent } from './agent-call.ts';
import type { BootAgentInput } from './boot.ts';
import type { Device } from './device.ts';
import { whileOurs } from './lease.ts';
import { haveOneNetwork } from './network-control.ts';
import { readPowerState } from './power-control.ts';
import type { Tools } from './tools.ts';

/** Whether agents of this node are left running for the next operation: as its driver_info says, else as configured (Ironic: fast track). */
export function isFastTrack({ settings }: Pick<Tools, 'settings'>, { driverInfo }: Node): boolean {
  const own = driverInfo['fast_track'];
  return typeof own === 'boolean' ? own : settings.fastTrack;
}

/**
 * Takes an agent over that an earlier operation left running, in place of a boot: one that answers, on the network
 * that is wanted. An inventory and a BIOS reset need a start of the machine.
 * @returns false when there is no such agent
 */
export async function takeAgentOver(tools: Tools, device: Device, boot: BootAgentInput): Promise<boolean> {
  const { nodeUuid, bootId, purpose, resetBios } = boot;
  if (!device.driver.usesAgent || resetBios || purpose === 'inspection' || !isFastTrack(tools, device.node))
    return false;
  const session = await getAgentSession(tools.db, nodeUuid);
  if (!session?.firstHeartbeatAt || !(await haveOneNetwork(tools, device, [session.network, purpose]))) return false;
  if ((await readPowerState(tools, device)) !== 'power on' || !(await answers(tools, device))) return false;
  return await whileOurs(() =>
    adoptAgentSession(tools.db, { nodeUuid, from: session.bootId, bootId, network: purpose }),
  );
}

async function answers(tools: Tools, device: Device): Promise<boolean> {
  try {
    const { call } = await openAgent(tools, device);
    // Not its status, which it tells to everybody: an agent that has started again knows the token no more.
    await call.client.listCommands(call.target, device.signal);
    return true;
  } catch (error) {
    if (error instanceof BareMetalError) return false;
    throw error;
  }
}
