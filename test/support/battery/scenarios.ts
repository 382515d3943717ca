import type { OperationArgs, WORKFLOW_OF_VERB } from '../../../workflows/messages.ts';
import type { ProvisionState } from '../../../domain/provision-states.ts';
import type { Machine } from '../world.ts';

/** One workflow on one kind of machine. */
export interface Scenario {
  readonly verb: keyof typeof WORKFLOW_OF_VERB;
  readonly machine: Machine;
  readonly args?: OperationArgs;
  /** Where the node is when all went well. */
  readonly ends: ProvisionState;
  /** Where it may be when the operation failed or was aborted. */
  readonly fails: readonly ProvisionState[];
  /** What becomes of the machine on failure: put away (off, parked, no agent), or as it was or was to be. */
  readonly onFailure: 'put away' | 'left';
}

const tenants: Machine = { provisionState: 'active', tenant: 'red', vif: 'red', inspected: true };
const free: Machine = { provisionState: 'available', vif: 'red', inspected: true };
const managed: Machine = { provisionState: 'manageable', inspected: true };
const left = { ends: 'active', fails: ['active'], onFailure: 'left' } as const;

/** Every workflow type, by what it does in the test names. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'manage a new node': {
    verb: 'manage',
    machine: { provisionState: 'enroll' },
    ends: 'manageable',
    fails: ['enroll'],
    onFailure: 'put away',
  },
  'inspect by the driver': {
    verb: 'inspect',
    machine: { provisionState: 'manageable' },
    ends: 'manageable',
    fails: ['inspect failed'],
    onFailure: 'put away',
  },
  'clean and make available': {
    verb: 'provide',
    machine: managed,
    ends: 'available',
    fails: ['clean failed'],
    onFailure: 'put away',
  },
  'clean by hand': {
    verb: 'clean',
    machine: managed,
    args: {
      steps: [
        { interface: 'raid', step: 'delete_configuration', priority: 0 },
        { interface: 'deploy', step: 'erase_devices_metadata', priority: 0 },
      ],
    },
    ends: 'manageable',
    fails: ['clean failed'],
    onFailure: 'put away',
  },
  deploy: { verb: 'deploy', machine: free, ends: 'active', fails: ['deploy failed'], onFailure: 'put away' },
  rebuild: { verb: 'rebuild', machine: tenants, ends: 'active', fails: ['deploy failed'], onFailure: 'put away' },
  'take back': {
    verb: 'delete',
    machine: tenants,
    ends: 'available',
    fails: ['error', 'clean failed'],
    onFailure: 'put away',
  },
  'recover a lost operation': {
    verb: 'abort',
    machine: { provisionState: 'cleaning' },
    ends: 'clean failed',
    fails: ['clean failed'],
    onFailure: 'put away',
  },
  reboot: { verb: 'power', machine: tenants, args: { power: { target: 'rebooting', timeoutS: null } }, ...left },
  'reboot softly': {
    verb: 'power',
    machine: tenants,
    args: { power: { target: 'soft rebooting', timeoutS: 5 } },
    ...left,
  },
  'move to another network': { verb: 'flip-network', machine: { ...tenants, vif: 'blue' }, ...left },
  'set the boot device': {
    verb: 'boot-device',
    machine: tenants,
    args: { bootDevice: { device: 'cdrom', persistent: true } },
    ...left,
  },
  'inject an NMI': { verb: 'inject-nmi', machine: tenants, ...left },
};

/** The scenario of that name. */
export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`there is no scenario "${name}"`);
  return scenario;
}
