import { BareMetalError, codeOf } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Node } from '../domain/node.ts';
import type { CallContext, HardwareType, MachineStatus } from './interfaces.ts';
import { nameOf } from './node-name.ts';
import { readableError } from './readable-error.ts';

/** What a sweep is asked for. */
export interface PowerSweep {
  readonly nodes: readonly Node[];
  readonly signal: AbortSignal;
  /** Machines read at the same time. */
  readonly concurrency: number;
  /** How long one machine may take before it counts as unreachable. */
  readonly deadlineMs: number;
}

/** What a sweep read of one node: its power and health, or why these could not be read. */
export interface PowerReading {
  readonly nodeUuid: string;
  readonly powerState: MachineStatus['powerState'] | null;
  readonly health: MachineStatus['health'];
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

/**
 * Reads the power of many machines, a few at a time; one that does not answer holds nobody up for longer than its
 * deadline, and fails nothing.
 * @returns one reading for each node, in their order; rejects only when `signal` fires
 */
export async function sweepPower(
  hardwareType: (name: string) => HardwareType,
  sweep: PowerSweep,
): Promise<PowerReading[]> {
  const readings: PowerReading[] = [];
  const waiting = sweep.nodes.entries();
  const work = async (): Promise<void> => {
    for (const [index, node] of waiting) readings[index] = await readOne(hardwareType, node, sweep);
  };
  await Promise.all(Array.from({ length: Math.min(sweep.concurrency, sweep.nodes.length) }, work));
  return readings;
}

async function readOne(
  hardwareType: (name: string) => HardwareType,
  node: Node,
  { signal, deadlineMs }: PowerSweep,
): Promise<PowerReading> {
  const patience = AbortSignal.timeout(deadlineMs);
  try {
    const context = { node, signal: AbortSignal.any([signal, patience]) };
    return { nodeUuid: node.uuid, ...(await statusOf(hardwareType(node.driver), context)), error: null };
  } catch (error) {
    signal.throwIfAborted();
    const shown = patience.aborted ? tooLate(node, deadlineMs) : error;
    const cause = { code: codeOf(shown), message: readableError(shown) };
    return { nodeUuid: node.uuid, powerState: null, health: null, error: cause };
  }
}

async function statusOf({ power }: HardwareType, context: CallContext): Promise<MachineStatus> {
  return (await power.getStatus?.(context)) ?? { powerState: await power.getPowerState(context), health: null };
}

function tooLate(node: Node, deadlineMs: number): BareMetalError {
  return new BareMetalError(
    'BmcUnreachable',
    `Node ${nameOf(node)}: its BMC did not tell the power state within ${deadlineMs / 1000} s.`,
  );
}
