/**
 * The provision state machine as data. `next(from, verb)` is the only reader of what is legal;
 * docs/states.md is generated from this table. States and verbs are Ironic's
 * (ironic/common/states.py), with one addition: abort is legal in every transient state.
 */

/** Where nothing runs and a node may stay for ever. */
export const STABLE_STATES = ['enroll', 'manageable', 'available', 'active', 'error', 'rescue'] as const;

/** Where an operation ended badly and waits for a verb from a person or a program. */
export const FAILED_STATES = [
  'deploy failed',
  'clean failed',
  'inspect failed',
  'adopt failed',
  'rescue failed',
  'unrescue failed',
  'service failed',
] as const;

/** Where an operation was put on hold by a step and waits for `unhold`. */
export const HELD_STATES = ['deploy hold', 'clean hold', 'service hold'] as const;

/** Where a workflow waits for the agent; each has a deadline in `deadlines.ts`. */
export const WAIT_STATES = ['wait call-back', 'clean wait', 'inspect wait', 'rescue wait', 'service wait'] as const;

/** Where a workflow acts; each has a deadline in `deadlines.ts`. */
export const BUSY_STATES = [
  'verifying',
  'deploying',
  'deleting',
  'cleaning',
  'inspecting',
  'adopting',
  'rescuing',
  'unrescuing',
  'servicing',
] as const;

/** Every provision state that a node can be in. */
export const PROVISION_STATES = [
  ...STABLE_STATES,
  ...FAILED_STATES,
  ...HELD_STATES,
  ...WAIT_STATES,
  ...BUSY_STATES,
] as const;

/** One of the 30 provision states, spelled as the API spells it. */
export type ProvisionState = (typeof PROVISION_STATES)[number];

/** What a transient state is: a workflow waits or acts in it. */
export type TransientState = (typeof WAIT_STATES)[number] | (typeof BUSY_STATES)[number];

/** One legal step of the state machine. */
export interface Transition {
  readonly from: ProvisionState;
  readonly verb: string;
  readonly to: ProvisionState;
}

/** All legal transitions; one sentence heads each group. */
export const TRANSITIONS = [
  // A new node's BMC is verified before anything else is done with it.
  { from: 'enroll', verb: 'manage', to: 'verifying' },
  { from: 'verifying', verb: 'done', to: 'manageable' },
  { from: 'verifying', verb: 'fail', to: 'enroll' },
  { from: 'verifying', verb: 'abort', to: 'enroll' },

  // A manageable node may be cleaned (and so become available), inspected or adopted.
  { from: 'manageable', verb: 'provide', to: 'cleaning' },
  { from: 'manageable', verb: 'clean', to: 'cleaning' },
  { from: 'manageable', verb: 'inspect', to: 'inspecting' },
  { from: 'manageable', verb: 'adopt', to: 'adopting' },

  // An available node may be deployed, or taken back by its operator, or cleaned again by a schedule.
  { from: 'available', verb: 'deploy', to: 'deploying' },
  { from: 'available', verb: 'manage', to: 'manageable' },
  { from: 'available', verb: 'reclean', to: 'cleaning' },

  // A deployment waits for the agent, may be held by a step, may fail, may complete.
  { from: 'deploying', verb: 'wait', to: 'wait call-back' },
  { from: 'deploying', verb: 'done', to: 'active' },
  { from: 'deploying', verb: 'fail', to: 'deploy failed' },
  { from: 'deploying', verb: 'abort', to: 'deploy failed' },
  { from: 'deploying', verb: 'hold', to: 'deploy hold' },
  { from: 'wait call-back', verb: 'resume', to: 'deploying' },
  { from: 'wait call-back', verb: 'fail', to: 'deploy failed' },
  { from: 'wait call-back', verb: 'abort', to: 'deploy failed' },
  { from: 'wait call-back', verb: 'delete', to: 'deleting' },
  { from: 'wait call-back', verb: 'hold', to: 'deploy hold' },
  { from: 'deploy failed', verb: 'deploy', to: 'deploying' },
  { from: 'deploy failed', verb: 'rebuild', to: 'deploying' },
  { from: 'deploy failed', verb: 'delete', to: 'deleting' },
  { from: 'deploy hold', verb: 'unhold', to: 'wait call-back' },
  { from: 'deploy hold', verb: 'fail', to: 'deploy failed' },
  { from: 'deploy hold', verb: 'abort', to: 'deploy failed' },

  // An active node may be rebuilt, given back, rescued or serviced.
  { from: 'active', verb: 'rebuild', to: 'deploying' },
  { from: 'active', verb: 'delete', to: 'deleting' },
  { from: 'active', verb: 'rescue', to: 'rescuing' },
  { from: 'active', verb: 'service', to: 'servicing' },

  // A node that is given back is cleaned before anyone else can have it.
  { from: 'deleting', verb: 'clean', to: 'cleaning' },
  { from: 'deleting', verb: 'fail', to: 'error' },
  { from: 'deleting', verb: 'abort', to: 'error' },
  { from: 'error', verb: 'rebuild', to: 'deploying' },
  { from: 'error', verb: 'delete', to: 'deleting' },

  // Cleaning waits for the agent; a manual clean ends manageable, an automated one available.
  { from: 'cleaning', verb: 'wait', to: 'clean wait' },
  { from: 'cleaning', verb: 'done', to: 'available' },
  { from: 'cleaning', verb: 'manage', to: 'manageable' },
  { from: 'cleaning', verb: 'fail', to: 'clean failed' },
  { from: 'cleaning', verb: 'abort', to: 'clean failed' },
  { from: 'cleaning', verb: 'hold', to: 'clean hold' },
  { from: 'clean wait', verb: 'resume', to: 'cleaning' },
  { from: 'clean wait', verb: 'fail', to: 'clean failed' },
  { from: 'clean wait', verb: 'abort', to: 'clean failed' },
  { from: 'clean wait', verb: 'hold', to: 'clean hold' },
  { from: 'clean failed', verb: 'manage', to: 'manageable' },
  { from: 'clean hold', verb: 'unhold', to: 'clean wait' },
  { from: 'clean hold', verb: 'fail', to: 'clean failed' },
  { from: 'clean hold', verb: 'abort', to: 'clean failed' },

  // Inspection in band waits for the agent's report.
  { from: 'inspecting', verb: 'wait', to: 'inspect wait' },
  { from: 'inspecting', verb: 'done', to: 'manageable' },
  { from: 'inspecting', verb: 'fail', to: 'inspect failed' },
  { from: 'inspecting', verb: 'abort', to: 'inspect failed' },
  { from: 'inspect wait', verb: 'resume', to: 'inspecting' },
  { from: 'inspect wait', verb: 'done', to: 'manageable' },
  { from: 'inspect wait', verb: 'fail', to: 'inspect failed' },
  { from: 'inspect wait', verb: 'abort', to: 'inspect failed' },
  { from: 'inspect failed', verb: 'inspect', to: 'inspecting' },
  { from: 'inspect failed', verb: 'manage', to: 'manageable' },

  // A machine that already runs a tenant's work may be adopted as it is.
  { from: 'adopting', verb: 'done', to: 'active' },
  { from: 'adopting', verb: 'fail', to: 'adopt failed' },
  { from: 'adopting', verb: 'abort', to: 'adopt failed' },
  { from: 'adopt failed', verb: 'adopt', to: 'adopting' },
  { from: 'adopt failed', verb: 'manage', to: 'manageable' },

  // An active machine can be booted into a rescue system and back.
  { from: 'rescuing', verb: 'wait', to: 'rescue wait' },
  { from: 'rescuing', verb: 'done', to: 'rescue' },
  { from: 'rescuing', verb: 'fail', to: 'rescue failed' },
  { from: 'rescuing', verb: 'abort', to: 'rescue failed' },
  { from: 'rescue wait', verb: 'resume', to: 'rescuing' },
  { from: 'rescue wait', verb: 'fail', to: 'rescue failed' },
  { from: 'rescue wait', verb: 'abort', to: 'rescue failed' },
  { from: 'rescue wait', verb: 'delete', to: 'deleting' },
  { from: 'rescue', verb: 'rescue', to: 'rescuing' },
  { from: 'rescue', verb: 'unrescue', to: 'unrescuing' },
  { from: 'rescue', verb: 'delete', to: 'deleting' },
  { from: 'rescue failed', verb: 'rescue', to: 'rescuing' },
  { from: 'rescue failed', verb: 'unrescue', to: 'unrescuing' },
  { from: 'rescue failed', verb: 'delete', to: 'deleting' },
  { from: 'unrescue failed', verb: 'rescue', to: 'rescuing' },
  { from: 'unrescue failed', verb: 'unrescue', to: 'unrescuing' },
  { from: 'unrescue failed', verb: 'delete', to: 'deleting' },
  { from: 'unrescuing', verb: 'done', to: 'active' },
  { from: 'unrescuing', verb: 'fail', to: 'unrescue failed' },
  { from: 'unrescuing', verb: 'abort', to: 'unrescue failed' },

  // An active machine can be serviced in place.
  { from: 'servicing', verb: 'wait', to: 'service wait' },
  { from: 'servicing', verb: 'done', to: 'active' },
  { from: 'servicing', verb: 'fail', to: 'service failed' },
  { from: 'servicing', verb: 'abort', to: 'service failed' },
  { from: 'servicing', verb: 'hold', to: 'service hold' },
  { from: 'service wait', verb: 'resume', to: 'servicing' },
  { from: 'service wait', verb: 'fail', to: 'service failed' },
  { from: 'service wait', verb: 'abort', to: 'service failed' },
  { from: 'service wait', verb: 'delete', to: 'deleting' },
  { from: 'service wait', verb: 'hold', to: 'service hold' },
  { from: 'service failed', verb: 'service', to: 'servicing' },
  { from: 'service failed', verb: 'rescue', to: 'rescuing' },
  { from: 'service failed', verb: 'abort', to: 'active' },
  { from: 'service failed', verb: 'delete', to: 'deleting' },
  { from: 'service failed', verb: 'wait', to: 'service wait' },
  { from: 'service failed', verb: 'hold', to: 'service hold' },
  { from: 'service hold', verb: 'service', to: 'servicing' },
  { from: 'service hold', verb: 'unhold', to: 'service wait' },
  { from: 'service hold', verb: 'fail', to: 'service failed' },
  { from: 'service hold', verb: 'abort', to: 'service failed' },
] as const satisfies readonly Transition[];

/** A word that moves a node from one provision state to another. */
export type Verb = (typeof TRANSITIONS)[number]['verb'];

/**
 * The state that `verb` leads to, or undefined where it is not legal.
 * @param from the node's present provision state
 */
export function next(from: ProvisionState, verb: Verb): ProvisionState | undefined {
  return TRANSITIONS.find((transition) => transition.from === from && transition.verb === verb)?.to;
}

/** The states in which `verb` is legal and where it leads from each: a compare-and-set needs no read before it. */
export function movesOf(verb: Verb): Partial<Record<ProvisionState, ProvisionState>> {
  const legal = TRANSITIONS.filter((transition) => transition.verb === verb);
  return Object.fromEntries(legal.map(({ from, to }) => [from, to]));
}

/** The states in which `verb` is legal. */
export function statesAllowing(verb: Verb): ProvisionState[] {
  return TRANSITIONS.filter((transition) => transition.verb === verb).map((transition) => transition.from);
}

/** Whether a workflow owns the node in this state. */
export function isTransient(state: ProvisionState): state is TransientState {
  return ([...WAIT_STATES, ...BUSY_STATES] as readonly string[]).includes(state);
}

/** Whether a step holds an operation in this state until somebody says `unhold`. */
export function isHeld(state: ProvisionState): boolean {
  return (HELD_STATES as readonly string[]).includes(state);
}

/** Whether the state waits for the agent. */
export function isWaiting(state: ProvisionState): boolean {
  return (WAIT_STATES as readonly string[]).includes(state);
}

/** The API's `target` words of PUT states/provision and the verb each stands for. */
export const API_VERBS = {
  active: 'deploy',
  deploy: 'deploy',
  deleted: 'delete',
  undeploy: 'delete',
  manage: 'manage',
  provide: 'provide',
  inspect: 'inspect',
  abort: 'abort',
  clean: 'clean',
  adopt: 'adopt',
  rescue: 'rescue',
  unrescue: 'unrescue',
  unhold: 'unhold',
  service: 'service',
  rebuild: 'rebuild',
} as const satisfies Record<string, Verb>;

/** What `target_provision_state` shows while the verb's operation runs (null once it ended). */
export const TARGET_OF_VERB: Partial<Record<Verb, ProvisionState>> = {
  manage: 'manageable',
  provide: 'available',
  reclean: 'available',
  clean: 'manageable',
  inspect: 'manageable',
  deploy: 'active',
  rebuild: 'active',
  delete: 'available',
  adopt: 'active',
  rescue: 'rescue',
  unrescue: 'active',
  service: 'active',
};

/** States in which DELETE /v1/nodes/{id} is legal without maintenance. */
export const DELETABLE_STATES: readonly ProvisionState[] = ['enroll', 'manageable', 'available', 'adopt failed'];
