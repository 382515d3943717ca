import {
  API_VERBS,
  BUSY_STATES,
  isTransient,
  next,
  PROVISION_STATES,
  type ProvisionState,
} from '../../../domain/provision-states.ts';
import { around, patch, type Ask, type Table } from '../table.ts';

/** A node for each state, named for it. */
const nameOf = (state: ProvisionState): string => `in-${state.replaceAll(' ', '-')}`;
const pathOf = (state: ProvisionState) => `/v1/nodes/${nameOf(state)}` as const;
const uuidOf = (index: number): string => `11111111-1111-4111-8111-1111111111${10 + index}`;

const DELETABLE: readonly ProvisionState[] = ['enroll', 'manageable', 'available', 'adopt failed'];
const CLEANING: readonly ProvisionState[] = ['cleaning', 'clean wait'];

/** Words of `target` that begin nothing where they are not legal; `deploy` and `undeploy` are `active` and `deleted`. */
const TARGETS = Object.keys(API_VERBS).filter((word) => word !== 'deploy' && word !== 'undeploy');

function isLegal(state: ProvisionState, target: string): boolean {
  const verb = API_VERBS[target as keyof typeof API_VERBS];
  // Ironic aborts only what waits.
  const abortsWork = verb === 'abort' && (BUSY_STATES as readonly string[]).includes(state);
  return next(state, verb) !== undefined && !abortsWork;
}

const provision = (state: ProvisionState, target: string, ...at: string[]): Ask => ({
  send: `PUT ${pathOf(state)}/states/provision`,
  body: { target },
  texts: 'same',
  ...(at.length > 0 && { at }),
});

/** The version before each verb came, and its first. */
const young: readonly (readonly [string, number])[] = [
  ['manage', 4],
  ['provide', 4],
  ['inspect', 6],
  ['abort', 13],
  ['clean', 15],
  ['adopt', 17],
  ['rescue', 38],
  ['unrescue', 38],
  ['deploy', 73],
  ['undeploy', 73],
  ['unhold', 85],
  ['service', 87],
];

const refusedIn = (state: ProvisionState): readonly Ask[] => [
  ...TARGETS.filter((target) => !isLegal(state, target)).map((target) => provision(state, target)),
  provision(state, 'nonsense'),
  ...(DELETABLE.includes(state) ? [] : [{ send: `DELETE ${pathOf(state)}` } as const]),
  ...(CLEANING.includes(state)
    ? [{ send: `PUT ${pathOf(state)}/states/power`, body: { target: 'power on' } } as const]
    : []),
  ...(isTransient(state)
    ? ([
        { send: `PUT ${pathOf(state)}/states/boot_mode`, body: { target: 'uefi' } },
        { send: `PUT ${pathOf(state)}/states/secure_boot`, body: { target: true } },
      ] as const)
    : []),
  ...[
    patch.set('/protected', true),
    patch.set('/retired', true),
    patch.set('/resource_class', 'other'),
    patch.set('/rescue_interface', 'no-rescue'),
  ].map((change): Ask => ({ send: `PATCH ${pathOf(state)}`, body: [change] })),
  { send: `GET ${pathOf(state)}?fields=provision_state,protected,retired,resource_class,rescue_interface` },
];

/** A node that somebody works on. */
const locked: readonly Ask[] = [
  {
    send: 'POST /v1/nodes',
    body: { uuid: uuidOf(PROVISION_STATES.length), name: 'locked', driver: 'fake-hardware' },
    put: { locked: { provision_state: 'cleaning', reservation: '<conductor>' } },
  },
  ...TARGETS.filter((target) => target !== 'abort' && !isLegal('cleaning', target)).map((target): Ask => ({
    send: 'PUT /v1/nodes/locked/states/provision',
    body: { target },
    texts: 'same',
  })),
  { send: 'GET /v1/nodes/locked?fields=reservation' },
  { send: 'DELETE /v1/nodes/locked' },
  { send: 'PUT /v1/nodes/locked/states/power', body: { target: 'power on' } },
  {
    send: 'PATCH /v1/nodes/locked',
    body: [patch.set('/extra', {})],
    put: { locked: { provision_state: 'enroll', reservation: null } },
  },
];

const aimAt = (target: ProvisionState | null): NonNullable<Ask['put']> =>
  Object.fromEntries(PROVISION_STATES.map((each) => [nameOf(each), { target_provision_state: target }]));

/** Each state on the way to a target, where most fields stay as they were when it was begun. */
const onTheWay: readonly Ask[] = [
  {
    send: `GET ${pathOf('enroll')}?fields=provision_state`,
    put: aimAt('available'),
  },
  ...PROVISION_STATES.map((state): Ask => ({
    send: `PATCH ${pathOf(state)}`,
    body: [patch.set('/extra', { a: 1 })],
    texts: 'same',
  })),
  { send: `PUT ${pathOf('clean wait')}/maintenance`, body: {} },
  { send: `PATCH ${pathOf('clean wait')}`, body: [patch.set('/extra', { a: 2 })], texts: 'same' },
  // They are removed as nodes that go nowhere.
  { send: `PATCH ${pathOf('clean wait')}`, body: [patch.remove('/instance_uuid')], texts: 'same', put: aimAt(null) },
];

/** What each provision state refuses: verbs, deletion, power, changes of fields. Nobody works on these nodes. */
export const states: Table = {
  name: 'states',
  asks: [
    ...PROVISION_STATES.map((state, index): Ask => ({
      send: 'POST /v1/nodes',
      body: {
        uuid: uuidOf(index),
        name: nameOf(state),
        driver: 'fake-hardware',
        resource_class: 'big',
        rescue_interface: 'fake',
      },
      ...(index === PROVISION_STATES.length - 1 && {
        put: Object.fromEntries(PROVISION_STATES.map((each) => [nameOf(each), { provision_state: each }])),
      }),
    })),
    ...young.map(([target, minor]): Ask => ({ ...provision('deleting', target, ...around(minor)), texts: 'any' })),
    ...PROVISION_STATES.flatMap(refusedIn),
    ...locked,
    ...onTheWay,
  ],
};
