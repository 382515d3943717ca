import { setTimeout as sleep } from 'node:timers/promises';
import { takeFakeFault } from '../../db/fake-devices.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { CallContext } from '../interfaces.ts';
import { nameOf } from '../node-name.ts';
import { delayMs, faultOf } from './dials.ts';
import type { DelayDial, FaultDial } from './dials.ts';

/** What a fake device needs: the database that is its world, and chance. */
export interface FakeTools {
  readonly db: Queryable;
  /** 0 ≤ x < 1; default Math.random. */
  readonly random?: () => number;
}

/** One call on a fake device. */
export interface FakeCall {
  /** The name that fault dials use, such as `power.setPowerState`. */
  readonly call: string;
  readonly delay?: DelayDial;
}

/** Does `effect` on the fake device, after the delay and with the faults that the node's dials ask for. */
export async function actOnFake<T>(
  tools: FakeTools,
  context: CallContext,
  { call, delay }: FakeCall,
  effect: () => Promise<T>,
): Promise<T> {
  const { node, signal } = context;
  signal.throwIfAborted();
  const fault = faultOf(node, call);
  if (fault?.when === 'before') await failOnPurpose(tools, context, call, fault);
  const waitMs = delay === undefined ? 0 : delayMs(node, delay, tools.random);
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  const result = await effect();
  if (fault?.when === 'after') await failOnPurpose(tools, context, call, fault);
  return result;
}

async function failOnPurpose(
  { db }: FakeTools,
  { node, signal }: CallContext,
  call: string,
  fault: FaultDial,
): Promise<void> {
  // The whole dial is the key, so that a dial that was changed counts anew.
  const key = `${call} ${JSON.stringify(fault)}`;
  const fired = await takeFakeFault(db, { nodeUuid: node.uuid, key, times: fault.times });
  if (fired === undefined) return;
  if (fault.hang_s > 0) await sleep(fault.hang_s * 1000, undefined, { signal });
  throw new BareMetalError(
    fault.code,
    `The fake device of node ${nameOf(node)} failed ${call} on purpose, ${fault.when} the effect (${fired} of ${fault.times}; driver_info/fake_faults).`,
  );
}
