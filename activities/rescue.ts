import {
  deleteRescuePassword,
  getRescuePassword,
  markRescuePasswordSent,
  markRescuePasswordTaken,
  type RescuePasswordKey,
} from '../db/rescue-passwords.ts';
import { BareMetalError } from '../domain/errors.ts';
import { isConnectionRefused } from '../drivers/agent/client.ts';
import { finalizeRescue } from '../drivers/agent/commands.ts';
import { openAgent } from './agent-call.ts';
import { nameOfNode, openDevice, type Device } from './device.ts';
import { whileOurs } from './lease.ts';
import { keepSecrets } from './secrets.ts';
import type { Tools } from './tools.ts';

/** Whose rescue system gets which password. */
export interface FinishRescue extends RescuePasswordKey {
  readonly bootId: string;
}

/** Activities of rescue that talk to the machine. */
export const createRescueActivities = (tools: Tools) => ({
  /**
   * Gives the rescue system its password, as a hash that PostgreSQL kept; the agent then ends itself, so that
   * nobody on the tenant's network can reach it.
   */
  async finishRescue({ bootId, ...key }: FinishRescue): Promise<void> {
    const device = await openDevice(tools, key.nodeUuid);
    const { hash, sentTo, takenBy } = (await getRescuePassword(tools.db, key)) ?? {};
    if (takenBy === bootId) return;
    if (!hash) throw noPassword(device);
    keepSecrets(hash);
    if (device.driver.usesAgent) await giveToAgent(tools, device, { bootId, hash, key, before: sentTo === bootId });
    else await device.driver.rescue?.finishRescue(device);
    await whileOurs(() => markRescuePasswordTaken(tools.db, { ...key, bootId }));
  },
});

/** Activities of rescue that only write to PostgreSQL. */
export const createRescuePasswordActivities = ({ db }: Tools) => ({
  /** Forgets the password of a rescue that did not come about. */
  forgetRescuePassword: (key: RescuePasswordKey): Promise<void> => deleteRescuePassword(db, key),
});

/**
 * The answer may be lost: the agent ends as soon as it has given it, and for no other reason. So a machine that was
 * sent the password before, and on which nothing listens any more, has it.
 */
async function giveToAgent(
  tools: Tools,
  device: Device,
  { bootId, hash, key, before }: { bootId: string; hash: string; key: RescuePasswordKey; before: boolean },
): Promise<void> {
  const { call } = await openAgent(tools, device);
  await markRescuePasswordSent(tools.db, { ...key, bootId });
  try {
    await finalizeRescue(call, hash);
  } catch (error) {
    if (!isConnectionRefused(error)) throw error;
    if (before) return;
    await markRescuePasswordSent(tools.db, { ...key, bootId: null });
    throw error;
  }
}

function noPassword({ node }: Device): BareMetalError {
  return new BareMetalError(
    'MissingParameterValue',
    `Node ${nameOfNode(node)} has no rescue password of this request; ask for the rescue again.`,
  );
}
