import type { JsonObject, PowerState } from './node.ts';
import type { DeviceAction } from './node-events.ts';

/** One call of a recipe that would handle devices. */
export interface PlannedCall {
  readonly activity: string;
  readonly input: JsonObject;
}

/** One thing that a device would be asked for, and the call that would ask. */
export interface PlannedAction extends DeviceAction {
  readonly call: string;
  /** The child whose device it is, where it is not the node's own. */
  readonly node?: string;
}

/** What a machine is like now. */
export interface PresentDevice {
  /** Null when the BMC doesn't say. */
  readonly power: PowerState | null;
  /** What the boot flags say, in words. */
  readonly boot: string | null;
  /** Where each port is. */
  readonly ports: readonly { readonly address: string; readonly vlan: number | null }[];
  /** What could not be read, by code of the error table. */
  readonly unknown: readonly string[];
}

/** What a verb would do. */
export interface Plan {
  readonly present: PresentDevice;
  readonly actions: readonly PlannedAction[];
  /** The provision state that the node would be in afterwards. */
  readonly ends: string;
  /** What the plan takes for granted, in sentences. */
  readonly assumptions: readonly string[];
}

/** Actions that only look are no part of a plan. */
export const LOOKING: ReadonlySet<string> = new Set(['read power', 'read boot flags', 'read VLAN']);

/** The assumption of a plan that goes no further, since the operation waits there. */
export const WAITS = 'The operation waits there, for somebody or for the agent’s next call; what follows is not told.';
