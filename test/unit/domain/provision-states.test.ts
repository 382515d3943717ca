import assert from 'node:assert/strict';
import { DEADLINES } from '../../../domain/deadlines.ts';
import {
  HELD_STATES,
  API_VERBS,
  BUSY_STATES,
  isTransient,
  isWaiting,
  movesOf,
  next,
  PROVISION_STATES,
  STABLE_STATES,
  statesAllowing,
  TRANSITIONS,
  WAIT_STATES,
  type Verb,
} from '../../../domain/provision-states.ts';

describe('the provision state machine', () => {
  it('has Ironic’s 30 states and no verb that leads two ways from one state', () => {
    assert.equal(PROVISION_STATES.length, 30);
    const seen = TRANSITIONS.map(({ from, verb }) => `${from} ${verb}`);
    assert.equal(new Set(seen).size, seen.length);
  });

  it('lets every state of an operation fail and be aborted, into a state where something can be done', () => {
    for (const state of [...BUSY_STATES, ...WAIT_STATES, ...HELD_STATES]) {
      for (const verb of ['fail', 'abort'] as const) {
        const to = next(state, verb);
        assert.ok(to, `${state} ${verb}`);
        assert.ok(!isTransient(to), `${state} ${verb}`);
        assert.ok(
          TRANSITIONS.some(({ from }) => from === to),
          `${to} is a dead end`,
        );
      }
    }
  });

  it('gives every transient state a deadline with a cause', () => {
    assert.deepEqual(new Set(Object.keys(DEADLINES)), new Set([...BUSY_STATES, ...WAIT_STATES]));
    for (const { seconds, cause } of Object.values(DEADLINES)) assert.ok(seconds > 0 && cause.length > 10);
  });

  it('waits only where it can go on', () => {
    for (const state of WAIT_STATES) {
      assert.ok(isWaiting(state));
      assert.ok(next(state, 'resume'), state);
    }
  });

  it('reaches every state from enroll', () => {
    const reached = new Set<string>(['enroll']);
    for (let size = 0; size !== reached.size;) {
      size = reached.size;
      for (const { from, to } of TRANSITIONS) if (reached.has(from)) reached.add(to);
    }
    assert.deepEqual(reached, new Set(PROVISION_STATES));
  });

  it('knows no way to available but the end of a cleaning', () => {
    const ways = TRANSITIONS.filter(({ to }) => to === 'available');
    assert.deepEqual(ways, [{ from: 'cleaning', verb: 'done', to: 'available' }]);
  });

  it('gives the same answer as a map and as a question', () => {
    const verbs = new Set<Verb>(TRANSITIONS.map(({ verb }) => verb));
    for (const verb of verbs) {
      const moves = movesOf(verb);
      assert.deepEqual(Object.keys(moves), statesAllowing(verb));
      for (const state of PROVISION_STATES) assert.equal(moves[state], next(state, verb));
    }
    assert.equal(next('available', 'provide'), undefined);
    assert.ok(Object.values(API_VERBS).every((verb) => statesAllowing(verb).length > 0));
    assert.ok(STABLE_STATES.every((state) => !isTransient(state)));
  });
});
