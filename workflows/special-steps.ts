import { condition, sleep } from '@temporalio/workflow';
import { isTransient } from '../domain/provision-states.ts';
import { secondsOf } from '../domain/step-checks.ts';
import type { SpecialStep } from '../domain/steps.ts';
import { restartAgent } from './agent-boot.ts';
import { ensurePower, restart } from './device-calls.ts';
import { move, type Operation } from './operation.ts';
import { records } from './proxies.ts';
import type { StepRun } from './step-run.ts';

/** The steps that every machine has. */
export const SPECIAL_RUNS: Readonly<Record<SpecialStep, (run: StepRun) => Promise<void>>> = {
  hold: ({ operation }) => holdOn(operation),
  wait: ({ operation, step }) => waitFor(operation, secondsOf(step.args?.['seconds'])),
  power_on: ({ operation }) => powerOn(operation),
  power_off: ({ operation }) => ensurePower(operation, 'power off'),
  reboot: ({ operation }) => (operation.boot === undefined ? restart(operation) : restartAgent(operation)),
};

/** Stays in the hold state, for as long as it takes, until somebody says `unhold`. */
async function holdOn(operation: Operation): Promise<void> {
  operation.progress.now('on hold, until somebody asks to go on (unhold)');
  await operation.hold.until(
    () => move(operation, 'hold'),
    () => move(operation, 'unhold'),
  );
  await move(operation, 'resume');
}

/** Pauses in the wait state: so many seconds, or until the agent calls again. */
async function waitFor(operation: Operation, seconds: number | undefined): Promise<void> {
  await move(operation, 'wait');
  if (seconds === undefined) await nextCall(operation);
  else await pause(operation, seconds);
  await move(operation, 'resume');
}

async function pause(operation: Operation, seconds: number): Promise<void> {
  const { provisionState: state, deadline, plan, progress } = operation;
  progress.now(`waiting for ${seconds} s, as asked`);
  // The wait that was asked for does not count as the agent's silence.
  if (isTransient(state)) deadline.restart(state, seconds + plan.deadlines[state]);
  await sleep(seconds * 1000, { summary: `wait ${seconds} s` });
}

/** A machine without an agent waits until it is aborted or the state's deadline passes: nobody calls. */
async function nextCall({ agent, boot, progress, ref }: Operation): Promise<void> {
  progress.now('waiting for the agent’s next call');
  if (boot === undefined) return await condition(() => false);
  const { bootId } = boot;
  const before = agent.calls(bootId);
  await records.listenForAgent({ ...ref, bootId, awaited: true });
  await condition(() => agent.calls(bootId) > before);
  await records.listenForAgent({ ...ref, bootId, awaited: false });
}

/** With an agent in use the machine starts into the agent again, from its network. */
async function powerOn(operation: Operation): Promise<void> {
  if (operation.boot === undefined) await ensurePower(operation, 'power on');
  else await restartAgent(operation);
}
