import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import * as workflows from '../../workflows/index.ts';
import { temporalServer } from '../support/temporal.ts';
import { decodeHistory, type History } from './support/history.ts';

const FOLDER = new URL('./histories/', import.meta.url);
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.pb'));

describe('replay of recorded histories', () => {
  for (const file of files) {
    it(`${file} is still followed by today's recipes`, async () => {
      const { workflowBundle } = await temporalServer();
      await Worker.runReplayHistory({ workflowBundle }, read(file), 'replayed');
    });
  }

  it('notices a recipe that does something else', async () => {
    const { workflowBundle } = await temporalServer();
    const history = read('deploy.unreleased.pb');
    const scheduled = history.events?.findLast((event) => event.activityTaskScheduledEventAttributes);
    const attributes = scheduled?.activityTaskScheduledEventAttributes;
    assert.ok(attributes);
    attributes.activityType = { name: 'somethingElse' };
    await assert.rejects(
      Worker.runReplayHistory({ workflowBundle }, history, 'replayed'),
      /DeterminismViolation|nondeterminism/i,
    );
  });

  it('has a history of every workflow', () => {
    const recorded = new Set(files.map((file) => typeOf(read(file))));
    assert.deepEqual(new Set(Object.keys(workflows)), recorded);
  });

  it('keeps a deployment of fake hardware within three remote activities, and of a machine within 300 events', () => {
    const remote = eventsOf('deploy.unreleased.pb').filter((event) => event.activityTaskScheduledEventAttributes);
    assert.equal(remote.length, 3);
    assert.ok(eventsOf('deploy-by-agent.unreleased.pb').length < 300);
  });
});

function read(file: string): History {
  return decodeHistory(readFileSync(new URL(file, FOLDER)));
}

function eventsOf(file: string): NonNullable<History['events']> {
  return read(file).events ?? [];
}

function typeOf({ events }: History): string | null | undefined {
  return events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name;
}
