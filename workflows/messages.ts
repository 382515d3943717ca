import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { DeviceChange } from '../domain/device-changes.ts';
import type { FleetLimits, FleetSelector } from '../domain/fleet.ts';
import type { BootDevice, PowerTarget } from '../domain/node.ts';
import type { ProvisionState, Verb } from '../domain/provision-states.ts';
import type { ShownStepKind, Step } from '../domain/steps.ts';

/** Who asked for an operation and how it is found again; no secrets. */
export interface RequestInfo {
  readonly requestId: string;
  readonly username: string | null;
  /** Absent where a schedule asks. */
  readonly project?: string | null;
}

/** The argument of every workflow that works on one node. */
export interface OperationInput {
  readonly nodeUuid: string;
  readonly request: RequestInfo;
  readonly verb: Verb | PowerVerb | NetworkVerb | ManagementVerb | ChildVerb;
  readonly args: OperationArgs;
}

/** Operations on a node's power that leave its provision state alone. */
export type PowerVerb = 'power';
/** Operations on a node's networks that leave its provision state alone. */
export type NetworkVerb = 'flip-network';
/** Boot device, NMI, what `DeviceChange` says, and vendor methods. */
export type ManagementVerb = 'boot-device' | 'inject-nmi' | 'device' | 'vendor';
/** A step of the parent's operation. */
export type ChildVerb = 'child-step';

/** What a verb may carry. Big or secret things (config drives) are in PostgreSQL, not here. */
export interface OperationArgs {
  /** Manual clean steps, service steps, or deploy steps added to a deployment. */
  readonly steps?: readonly Step[];
  readonly power?: { readonly target: PowerTarget; readonly timeoutS: number | null };
  readonly bootDevice?: { readonly device: BootDevice; readonly persistent: boolean };
  readonly device?: DeviceChange;
  /** Its arguments wait in PostgreSQL. */
  readonly vendor?: { readonly method: string };
  /** Whether clean or service steps are run without booting a ramdisk. */
  readonly disableRamdisk?: boolean;
  readonly asChild?: ChildStep;
  /** In plans only: the number of the step that the operation is held at; what comes up to there is behind it. */
  readonly heldAt?: number;
}

/** What a child is told of the step that its parent's operation runs on it. */
export interface ChildStep {
  readonly parentUuid: string;
  readonly kind: ShownStepKind;
  /** Whether the child is held until it is told to begin, so that it and its siblings are held before one is touched. */
  readonly waits: boolean;
}

/** The argument of `callVendorBeside`: the call that this request left in PostgreSQL. */
export interface VendorCallInput {
  readonly nodeUuid: string;
  readonly requestId: string;
  readonly method: string;
}

/** The argument of `cleanFleet`: one run of a cleaning schedule. */
export interface CleanFleetInput extends FleetLimits {
  readonly name: string;
  readonly site: string;
  readonly selector: FleetSelector;
}

/** The workflow type of each verb that the API takes. */
export const WORKFLOW_OF_VERB = {
  manage: 'manageNode',
  provide: 'cleanNode',
  reclean: 'cleanNode',
  clean: 'cleanNode',
  inspect: 'inspectNode',
  deploy: 'deployNode',
  rebuild: 'rebuildNode',
  delete: 'undeployNode',
  rescue: 'rescueNode',
  unrescue: 'unrescueNode',
  adopt: 'adoptNode',
  service: 'serviceNode',
  // An abort where nothing runs any more: where something runs, it is cancelled instead.
  abort: 'recoverNode',
  power: 'powerNode',
  'flip-network': 'flipNetwork',
  'boot-device': 'setBootDevice',
  'inject-nmi': 'injectNmi',
  device: 'changeDevice',
  vendor: 'callVendor',
  'child-step': 'stepNode',
} as const satisfies Partial<Record<OperationInput['verb'], string>>;

/** The update that claims the node: its answer says that the request was legal and the node is ours. */
export const CLAIM_UPDATE = 'claim';

/** The update that lets an operation on hold go on; it ends when the hold state has been left. */
export const UNHOLD_UPDATE = 'unhold';

/** The signal that a child which is held may begin with its step. */
export const BEGIN_SIGNAL = 'begin';

/** The query for what an operation was asked for. */
export const INPUT_QUERY = 'input';

/** What a claimed operation answers. */
export interface Claimed {
  readonly operation: string;
  readonly provisionState: ProvisionState;
}

/** The agent called back after a boot that a workflow waits for. */
export const AGENT_HEARTBEAT_SIGNAL = 'agent-heartbeat';
/** The agent's inventory was stored. */
export const INVENTORY_SIGNAL = 'inventory-received';
/** Payload of both signals: which boot it was. */
export interface AgentSignal {
  readonly bootId: string;
}

/** Search attributes, registered by the worker at its start. */
export const SEARCH_ATTRIBUTES = {
  node: defineSearchAttributeKey('NodeUuid', SearchAttributeType.KEYWORD),
  operation: defineSearchAttributeKey('Operation', SearchAttributeType.KEYWORD),
  provisionState: defineSearchAttributeKey('ProvisionState', SearchAttributeType.KEYWORD),
  site: defineSearchAttributeKey('Site', SearchAttributeType.KEYWORD),
};
