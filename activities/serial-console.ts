import { setTimeout as sleep } from 'node:timers/promises';
import { getSerialConsole, unwantSerialConsole, wantSerialConsole, type SerialConsole } from '../db/serial-consoles.ts';
import { CONSOLE_LEASE_S } from '../domain/consoles.ts';
import { BareMetalError } from '../domain/errors.ts';
import { nameOfNode, type Device } from './device.ts';
import type { Tools } from './tools.ts';

/** Workers look after their consoles every second; one whose worker died is taken over when its lease is over. */
const PATIENCE_MS = (CONSOLE_LEASE_S + 10) * 1000;
const PAUSE_MS = 100;

/** Whether the node's console is a serial port that workers serve over TCP. */
export function hasSerialConsole({ node, driver }: Device): boolean {
  return driver.serialConsole?.interfaces.includes(node.interfaces.console) ?? false;
}

/**
 * Has a worker of the node's site serve its serial console, or close it; returns when that is so.
 * @throws BareMetalError `InvalidParameterValue` where it can't listen, `ServiceUnavailable` when no worker does it
 */
export async function ensureSerialConsole({ db }: Tools, device: Device, enabled: boolean): Promise<void> {
  const { node, driver } = device;
  const nodeUuid = node.uuid;
  if (!enabled) {
    await unwantSerialConsole(db, nodeUuid);
    await awaitConsole({ db }, device, (left) => left === undefined);
    return;
  }
  await wantSerialConsole(db, { nodeUuid, wantedPort: driver.serialConsole?.portOf(node) ?? null });
  try {
    const settled = (found?: SerialConsole) => found?.isServed === true || hasProblem(found);
    const found = await awaitConsole({ db }, device, settled);
    if (!hasProblem(found)) return;
    throw new BareMetalError('InvalidParameterValue', `Node ${nameOfNode(node)}: ${found.problem}`);
  } catch (error) {
    await unwantSerialConsole(db, nodeUuid);
    throw error;
  }
}

async function awaitConsole(
  { db }: Pick<Tools, 'db'>,
  { node, signal }: Device,
  isSo: (found: SerialConsole | undefined) => boolean,
): Promise<SerialConsole | undefined> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
    const found = await getSerialConsole(db, node.uuid);
    if (isSo(found)) return found;
    await sleep(PAUSE_MS, undefined, { signal });
  }
  throw new BareMetalError(
    'ServiceUnavailable',
    `Node ${nameOfNode(node)}: no worker of the site "${node.conductorGroup}" looks after its serial console.`,
  );
}

function hasProblem(found: SerialConsole | undefined): found is SerialConsole & { readonly problem: string } {
  return typeof found?.problem === 'string';
}
