import { setTimeout as sleep } from 'node:timers/promises';
import { setPowerState } from '../db/operations.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { PowerState } from '../domain/node.ts';
import { nameOfNode, type Device } from './device.ts';
import type { Tools } from './tools.ts';

/** First pause between two reads of a BMC, in milliseconds; it grows by half up to the longest. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

/** Reads the machine's power and writes it to the node. */
export async function readPowerState({ db }: Tools, device: Device): Promise<PowerState> {
  const powerState = await device.driver.power.getPowerState(device);
  if (powerState !== device.node.powerState) await setPowerState(db, { nodeUuid: device.node.uuid, powerState });
  return powerState;
}

/**
 * Brings the machine to `target` and reads it back; does nothing when it is there already.
 * @throws BareMetalError `PowerStateNotReached`
 */
export async function bringPowerTo(tools: Tools, device: Device, target: PowerState): Promise<void> {
  const before = await device.driver.power.getPowerState(device);
  if (before === target && device.node.powerState === target) return;
  if (before !== target) {
    if (target === 'power off') refuseKeptPower(device);
    await device.driver.power.setPowerState(device, target);
    await awaitPowerState(device, target, tools.settings.powerTimeoutS);
  }
  await setPowerState(tools.db, { nodeUuid: device.node.uuid, powerState: target });
}

/** Refuses to cut the power of a machine that must keep it. @throws BareMetalError `InvalidState` */
export function refuseKeptPower({ node }: Device): void {
  if (!node.disablePowerOff) return;
  throw new BareMetalError(
    'InvalidState',
    `Node ${nameOfNode(node)} has disable_power_off set: it may be restarted, and not be powered off.`,
  );
}

/** Starts the machine anew with its power on all the time; one that is off is powered on. */
export async function restartWithPower(tools: Tools, device: Device): Promise<void> {
  if ((await readPowerState(tools, device)) === 'power off') await bringPowerTo(tools, device, 'power on');
  else await device.driver.power.restart(device);
}

/**
 * Reads until the machine is in `target`.
 * @throws BareMetalError `PowerStateNotReached` after `timeoutS` seconds
 */
export async function awaitPowerState(device: Device, target: PowerState, timeoutS: number): Promise<void> {
  const started = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const seen = await device.driver.power.getPowerState(device);
    if (seen === target) return;
    if (performance.now() - started > timeoutS * 1000) {
      throw new BareMetalError(
        'PowerStateNotReached',
        `Node ${nameOfNode(device.node)} was told "${target}" and still reads "${seen}" after ${timeoutS} s; look at the machine's BMC.`,
      );
    }
    await sleep(pauseMs, undefined, { signal: device.signal });
  }
}
