import assert from 'node:assert/strict';
import { storyOf } from '../../../api/node-operations/story.ts';
import type { CallEnd, NodeEvent, NodeEventData, NodeEventType } from '../../../domain/node-events.ts';

let id = 0;
/** An event, one second after the one before it. */
function event<Type extends NodeEventType>(type: Type, data: NodeEventData[Type]): NodeEvent {
  id += 1;
  return { id, nodeUuid: 'n', run: 'r', at: new Date(id * 1000), type, data } as NodeEvent;
}
const step = (name: string, index: number) =>
  event('step', { kind: 'clean', interface: 'deploy', step: name, index, total: 2 });
const end = (call: string, more: Partial<CallEnd> = {}) =>
  event('call ended', {
    call,
    attempt: 1,
    duration_ms: 250,
    outcome: 'done',
    code: null,
    message: null,
    answers: [],
    ...more,
  });

describe('the story of an operation', () => {
  it('gives each step its time and its tries', () => {
    const { steps, calls } = storyOf([
      end('bootAgent'),
      step('erase_devices', 1),
      end('runDriverStep', { outcome: 'failed', code: 'BmcBusy' }),
      end('runDriverStep', { attempt: 2 }),
      step('reset', 2),
      end('runDriverStep'),
      end('parkNode'),
    ]);
    assert.deepEqual(
      calls.map((call) => [call.call, call.attempt, call.step, call.outcome]),
      [
        ['bootAgent', 1, null, 'done'],
        ['runDriverStep', 1, 'deploy.erase_devices', 'failed'],
        ['runDriverStep', 2, 'deploy.erase_devices', 'done'],
        ['runDriverStep', 1, 'deploy.reset', 'done'],
        ['parkNode', 1, null, 'done'],
      ],
    );
    assert.deepEqual(
      steps.map(({ startedAt, endedAt }) => (endedAt?.getTime() ?? 0) - startedAt.getTime()),
      [2000, 1000],
    );
  });

  it('shows a long try once, while it runs and when it ended', () => {
    const begun = event('call started', { call: 'bootAgent', attempt: 1 });
    const running = storyOf([begun]);
    assert.deepEqual(
      running.calls.map(({ endedAt, outcome }) => [endedAt, outcome]),
      [[null, undefined]],
    );
    const { calls } = storyOf([begun, end('bootAgent', { duration_ms: 1500 })]);
    assert.equal(calls.length, 1);
    assert.equal(Number(calls[0]?.endedAt) - Number(calls[0]?.startedAt), 1500);
  });

  it('tells how it ended', () => {
    const ended = (last_error: string | null) => event('operation ended', { provision_state: 'x', last_error });
    assert.equal(storyOf([]).outcome, 'running');
    assert.equal(storyOf([ended(null)]).outcome, 'done');
    assert.equal(storyOf([ended('The BMC is silent.')]).outcome, 'failed');
    assert.equal(storyOf([ended('Aborted on request in state "cleaning" (x).')]).outcome, 'aborted');
    assert.equal(storyOf([ended('The operation was aborted on request in state "cleaning" (x).')]).outcome, 'aborted');
  });
});
