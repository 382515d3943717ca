import type { Queryable } from '../../../db/pool.ts';
import type { OperationArgs } from '../../../workflows/messages.ts';
import { WORKFLOW_OF_VERB } from '../../../workflows/messages.ts';
import type { ProvisionState } from '../../../domain/provision-states.ts';
import { prepareVendorCall } from '../operations.ts';
import type { Machine } from '../world.ts';
import type { Outcome } from './faults.ts';

/** One workflow on one kind of machine. */
export interface Scenario {
  readonly start: Start;
  /** A machine of fake hardware, or one with a BMC and an agent on the wire. */
  readonly machine: Machine & { readonly kind?: 'fake' | 'agent'; readonly heartbeatMs?: number };
  /** How it ends without a fault of the battery's; `done` unless said. */
  readonly outcome?: Outcome;
  /** Where the node is then. */
  readonly ends: ProvisionState;
  /** Where it may be when the operation failed or was aborted. */
  readonly fails: readonly ProvisionState[];
  /**
   * What becomes of the machine on failure: put away (off, parked, no agent), as it was or was to be, or, with a
   * workflow that is no operation on the node, exactly as it was or as after a clean run.
   */
  readonly onFailure: 'put away' | 'left' | 'whole';
  /** The calls that faults are put into; all unless said. */
  readonly only?: readonly string[];
  /** Every call of an activity is put to the test, not its first one alone. */
  readonly everyCall?: true;
  /** Somebody says `unhold` as soon as it is on hold. */
  readonly letGo?: true;
  /** The call that puts things back: when it fails for good, the node must say so. */
  readonly undo?: string;
}

/** What is started: an operation as the API asks for it, or a workflow of a schedule. */
export type Start =
  | { readonly verb: keyof typeof WORKFLOW_OF_VERB; readonly args?: OperationArgs }
  | {
      readonly workflow: 'callVendorBeside' | 'cleanFleet' | 'forgetEvents' | 'planNode' | 'sweepPower';
      readonly input: (nodeUuid: string) => object;
      /** What the API leaves in PostgreSQL before it starts the workflow. */
      readonly prepare?: (db: Queryable, nodeUuid: string) => Promise<void>;
    };

/** The workflow type that a scenario starts. */
export function workflowOf({ start }: Scenario): string {
  return 'verb' in start ? WORKFLOW_OF_VERB[start.verb] : start.workflow;
}

const tenants: Machine = { provisionState: 'active', tenant: 'red', vif: 'red', inspected: true };
const free: Machine = { provisionState: 'available', vif: 'red', inspected: true };
const managed: Machine = { provisionState: 'manageable', inspected: true };
const left = { ends: 'active', fails: ['active'], onFailure: 'left' } as const;

const FLEET_LIMITS = { windowMinutes: 5, maxPercentPerRack: 100, stopAtErrorPercent: 100 };

/** Every workflow type, by what it does in the test names. */
const ON_FAKE_HARDWARE: Readonly<Record<string, Scenario>> = {
  'manage a new node': {
    start: { verb: 'manage' },
    machine: { provisionState: 'enroll' },
    ends: 'manageable',
    fails: ['enroll'],
    onFailure: 'put away',
  },
  'manage an available node': {
    start: { verb: 'manage' },
    machine: free,
    ends: 'manageable',
    fails: ['manageable'],
    onFailure: 'put away',
  },
  'inspect by the driver': {
    start: { verb: 'inspect' },
    machine: { provisionState: 'manageable' },
    ends: 'manageable',
    fails: ['inspect failed'],
    onFailure: 'put away',
  },
  'clean and make available': {
    start: { verb: 'provide' },
    machine: managed,
    ends: 'available',
    fails: ['clean failed'],
    onFailure: 'put away',
  },
  'clean by hand': {
    start: {
      verb: 'clean',
      args: {
        steps: [
          { interface: 'raid', step: 'delete_configuration', priority: 0 },
          { interface: 'deploy', step: 'erase_devices_metadata', priority: 0 },
        ],
      },
    },
    machine: managed,
    ends: 'manageable',
    fails: ['clean failed'],
    onFailure: 'put away',
  },
  'clean by hand, on hold for a while': {
    start: { verb: 'clean', args: { steps: [{ interface: 'deploy', step: 'hold', priority: 0 }] } },
    machine: managed,
    letGo: true,
    ends: 'manageable',
    fails: ['clean failed'],
    onFailure: 'put away',
    only: ['moveNode'],
    everyCall: true,
  },
  deploy: {
    start: { verb: 'deploy' },
    machine: free,
    ends: 'active',
    fails: ['deploy failed'],
    onFailure: 'put away',
  },
  'deploy in vain': {
    start: { verb: 'deploy' },
    machine: { ...free, driverInfo: { fake_faults: { 'steps.deploy.deploy': { times: 100, code: 'BmcRefused' } } } },
    outcome: 'failed',
    ends: 'deploy failed',
    fails: ['deploy failed'],
    onFailure: 'put away',
    only: ['parkNode', 'failNode'],
    undo: 'parkNode',
  },
  rebuild: {
    start: { verb: 'rebuild' },
    machine: tenants,
    ends: 'active',
    fails: ['deploy failed'],
    onFailure: 'put away',
  },
  'take back': {
    start: { verb: 'delete' },
    machine: tenants,
    ends: 'available',
    fails: ['error', 'clean failed'],
    onFailure: 'put away',
  },
  rescue: {
    start: { verb: 'rescue' },
    machine: tenants,
    ends: 'rescue',
    fails: ['rescue failed'],
    onFailure: 'put away',
  },
  'rescue in vain': {
    start: { verb: 'rescue' },
    machine: { ...tenants, driverInfo: { fake_faults: { 'rescue.finishRescue': { times: 100, code: 'BmcRefused' } } } },
    outcome: 'failed',
    ends: 'rescue failed',
    fails: ['rescue failed'],
    onFailure: 'put away',
    only: ['forgetRescuePassword'],
    undo: 'forgetRescuePassword',
  },
  unrescue: {
    start: { verb: 'unrescue' },
    machine: { ...tenants, provisionState: 'rescue' },
    ends: 'active',
    fails: ['unrescue failed'],
    onFailure: 'put away',
  },
  adopt: {
    start: { verb: 'adopt' },
    machine: { ...tenants, provisionState: 'manageable' },
    ends: 'active',
    fails: ['adopt failed'],
    onFailure: 'left',
  },
  service: {
    start: {
      verb: 'service',
      args: {
        steps: [
          { interface: 'deploy', step: 'wait', priority: 0, args: { seconds: 1 } },
          { interface: 'firmware', step: 'update', priority: 0, args: { settings: [] } },
          { interface: 'deploy', step: 'reboot', priority: 0 },
        ],
      },
    },
    machine: tenants,
    ends: 'active',
    fails: ['service failed'],
    onFailure: 'put away',
  },
  'service without a ramdisk': {
    start: {
      verb: 'service',
      args: {
        disableRamdisk: true,
        steps: [
          { interface: 'vendor', step: 'log_passthrough', priority: 0 },
          { interface: 'power', step: 'power_off', priority: 0 },
          { interface: 'power', step: 'power_on', priority: 0 },
        ],
      },
    },
    machine: tenants,
    ends: 'active',
    fails: ['service failed'],
    onFailure: 'left',
  },
  'service the children': {
    start: {
      verb: 'service',
      args: {
        steps: [
          { interface: 'power', step: 'power_on', priority: 0, executeOnChildNodes: true },
          { interface: 'vendor', step: 'log_passthrough', priority: 0, executeOnChildNodes: true },
        ],
      },
    },
    machine: { ...tenants, children: [{ provisionState: 'enroll' }, { provisionState: 'available' }] },
    ends: 'active',
    fails: ['service failed'],
    onFailure: 'left',
  },
  'run a step of the parent': {
    start: {
      verb: 'child-step',
      args: {
        steps: [{ interface: 'power', step: 'reboot', priority: 0, executeOnChildNodes: true }],
        asChild: { parentUuid: '7c5e4c1e-0000-4000-8000-000000000001', kind: 'service', waits: false },
      },
    },
    machine: tenants,
    ...left,
  },
  'give a failed service up': {
    start: { verb: 'abort' },
    machine: { provisionState: 'service failed', vif: 'red' },
    ends: 'active',
    fails: ['active'],
    onFailure: 'put away',
  },
  'recover a lost operation': {
    start: { verb: 'abort' },
    machine: { provisionState: 'cleaning' },
    ends: 'clean failed',
    fails: ['clean failed'],
    onFailure: 'put away',
  },
  reboot: {
    start: { verb: 'power', args: { power: { target: 'rebooting', timeoutS: null } } },
    machine: tenants,
    ...left,
  },
  'reboot with the power on': {
    start: { verb: 'power', args: { power: { target: 'rebooting', timeoutS: null } } },
    machine: { ...tenants, keepsPower: true },
    ...left,
  },
  'reboot softly': {
    start: { verb: 'power', args: { power: { target: 'soft rebooting', timeoutS: 5 } } },
    machine: tenants,
    ...left,
  },
  'move to another network': { start: { verb: 'flip-network' }, machine: { ...tenants, vif: 'blue' }, ...left },
  'set the boot device': {
    start: { verb: 'boot-device', args: { bootDevice: { device: 'cdrom', persistent: true } } },
    machine: tenants,
    ...left,
  },
  'switch a lamp': {
    start: {
      verb: 'device',
      args: { device: { what: 'indicator', component: 'system', name: 'led', state: 'off' } },
    },
    machine: tenants,
    ...left,
  },
  'inject an NMI': { start: { verb: 'inject-nmi' }, machine: tenants, ...left },
  'call a vendor method': {
    start: { verb: 'vendor', args: { vendor: { method: 'second_method' } } },
    machine: tenants,
    ...left,
  },
  'call a vendor method beside another operation': {
    start: {
      workflow: 'callVendorBeside',
      input: (nodeUuid) => ({ nodeUuid, requestId: 'req-beside', method: 'second_method' }),
      prepare: (db, nodeUuid) => prepareVendorCall(db, { nodeUuid, requestId: 'req-beside' }),
    },
    machine: tenants,
    ends: 'active',
    fails: ['active'],
    onFailure: 'whole',
  },
  'clean a fleet': {
    start: {
      workflow: 'cleanFleet',
      input: (nodeUuid) => ({ name: 'battery', site: '', selector: { nodes: [nodeUuid] }, ...FLEET_LIMITS }),
    },
    machine: { provisionState: 'available', inspected: true },
    ends: 'available',
    fails: ['available'],
    onFailure: 'whole',
  },
  'sweep the power of a site': {
    start: { workflow: 'sweepPower', input: (nodeUuid) => ({ site: nodeUuid }) },
    machine: { ...managed, alone: true, tenant: 'red', believed: 'power off' },
    ends: 'manageable',
    fails: ['manageable'],
    onFailure: 'whole',
  },
  'delete old events': {
    // As old as that none is: the other scenarios need theirs.
    start: { workflow: 'forgetEvents', input: (nodeUuid) => ({ site: nodeUuid, days: 36_500 }) },
    machine: managed,
    ends: 'manageable',
    fails: ['manageable'],
    onFailure: 'whole',
  },
  'plan a cleaning': {
    start: {
      workflow: 'planNode',
      input: (nodeUuid) => ({
        nodeUuid,
        request: { requestId: 'req-plan', username: null },
        verb: 'provide',
        args: {},
      }),
    },
    machine: managed,
    ends: 'manageable',
    fails: ['manageable'],
    onFailure: 'whole',
  },
};

/** The recipes of machines with an agent. */
const BY_AGENT: Readonly<Record<string, Scenario>> = {
  'inspect by the agent': {
    start: { verb: 'inspect' },
    machine: { kind: 'agent', provisionState: 'manageable' },
    ends: 'manageable',
    fails: ['inspect failed'],
    onFailure: 'put away',
  },
  'clean by the agent': {
    start: { verb: 'provide' },
    machine: { kind: 'agent', ...managed },
    ends: 'available',
    fails: ['clean failed'],
    onFailure: 'put away',
  },
  'deploy by the agent': {
    start: { verb: 'deploy' },
    machine: { kind: 'agent', ...free },
    ends: 'active',
    fails: ['deploy failed'],
    onFailure: 'put away',
  },
  'rebuild by the agent': {
    start: { verb: 'rebuild' },
    machine: { kind: 'agent', ...tenants },
    ends: 'active',
    fails: ['deploy failed'],
    onFailure: 'put away',
  },
  'rescue by the agent': {
    start: { verb: 'rescue' },
    machine: { kind: 'agent', ...tenants },
    ends: 'rescue',
    fails: ['rescue failed'],
    onFailure: 'put away',
  },
  'service by the agent': {
    start: {
      verb: 'service',
      args: {
        steps: [
          { interface: 'deploy', step: 'burnin_cpu', priority: 0 },
          { interface: 'deploy', step: 'wait', priority: 0 },
        ],
      },
    },
    machine: { kind: 'agent', heartbeatMs: 300, ...tenants },
    ends: 'active',
    fails: ['service failed'],
    onFailure: 'put away',
  },
  'take back by the agent': {
    start: { verb: 'delete' },
    machine: { kind: 'agent', ...tenants },
    ends: 'available',
    fails: ['error', 'clean failed'],
    onFailure: 'put away',
  },
};

/** All of them, by what they do in the test names. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = { ...ON_FAKE_HARDWARE, ...BY_AGENT };
