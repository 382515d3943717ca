import { setTimeout as sleep } from 'node:timers/promises';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/node.ts';
import { mask, type AgentClient, type AgentTarget } from './client.ts';
import { wordsOf, type AgentCommand } from './wire.ts';

/** First pause between two looks at a command, in milliseconds. */
const FIRST_PAUSE_MS = 100;

/** What runs now, for the activity's heartbeat. */
export interface AgentCommandProgress {
  readonly commandId: string;
  readonly name: string;
  readonly elapsedMs: number;
  /** Whether a command that an earlier try began was found and kept. */
  readonly adopted: boolean;
}

/** A command of the agent, run to its end. */
export interface RunAgentCommand {
  readonly client: AgentClient;
  readonly target: AgentTarget;
  /** `extension.command`, e.g. `clean.execute_clean_step`. */
  readonly name: string;
  readonly params: JsonObject;
  /**
   * Tells whether a command that ended well was this one: the agent shows no parameters, only results.
   * Left out for commands without effects, which are always run anew.
   */
  readonly isOurs?: (result: unknown) => boolean;
  /** Called at each poll. */
  readonly heartbeat?: (progress: AgentCommandProgress) => void;
  /** Stops the waiting, not the command: the agent can't stop one. */
  readonly signal?: AbortSignal | undefined;
  /** Longest pause between two looks. */
  readonly pollMs?: number;
  /** How long the agent may be silent while a command runs: erasing can starve it. */
  readonly silenceMs?: number;
}

/**
 * Runs a command and returns its result. Safe to call again after a crash: a running command of the same
 * name is waited for instead of started twice, and one that ended well in the meantime is taken as it is.
 * @throws BareMetalError `AgentCommandFailed` with the agent's own words, `AgentUnreachable`, `AgentLost`
 */
export async function runAgentCommand(run: RunAgentCommand): Promise<unknown> {
  const earlier = run.isOurs && (await findEarlier(run));
  const command = earlier ?? (await startWhenIdle(run));
  return resultOf(run, await untilDone(run, command, earlier !== undefined));
}

/** The command as an earlier try left it; waits for a running one, since the agent takes one at a time. */
async function findEarlier(run: RunAgentCommand): Promise<AgentCommand | undefined> {
  const commands = await run.client.listCommands(run.target, run.signal);
  const last = commands.at(-1);
  const done = commands.findLast((command) => command.status === 'SUCCEEDED' && run.isOurs?.(command.result));
  if (done !== undefined || last?.status !== 'RUNNING') return done;
  const ended = await untilDone(run, last, true);
  const ours = ended.name === shortName(run.name) && (ended.status !== 'SUCCEEDED' || run.isOurs?.(ended.result));
  return ours ? ended : undefined;
}

/** The agent takes one command at a time: what an earlier try left running is waited for. */
async function startWhenIdle(run: RunAgentCommand): Promise<AgentCommand> {
  const { client, target, name, params, signal } = run;
  for (;;) {
    try {
      return await client.startCommand(target, name, params, signal);
    } catch (error) {
      if (!(error instanceof BareMetalError) || error.code !== 'AgentBusy') throw error;
      const last = (await client.listCommands(target, signal)).at(-1);
      if (last?.status === 'RUNNING') await untilDone(run, last, true);
      else await sleep(FIRST_PAUSE_MS, undefined, { signal });
    }
  }
}

async function untilDone(run: RunAgentCommand, begun: AgentCommand, adopted: boolean): Promise<AgentCommand> {
  const { client, target, signal, pollMs = 1000, silenceMs = 120_000 } = run;
  const startedAt = performance.now();
  let heardAt = startedAt;
  let command = begun;
  while (command.status === 'RUNNING') {
    run.heartbeat?.({ commandId: command.id, name: run.name, elapsedMs: performance.now() - startedAt, adopted });
    await sleep(pauseMs(performance.now() - startedAt, pollMs), undefined, { signal });
    try {
      command = await client.getCommand(target, command.id, signal);
      heardAt = performance.now();
    } catch (error) {
      const mayHeal = error instanceof BareMetalError && error.code === 'AgentUnreachable';
      if (!mayHeal || performance.now() - heardAt > silenceMs) throw error;
    }
  }
  return command;
}

/** Short commands are noticed at once, long ones a tenth too late at most. */
function pauseMs(elapsedMs: number, longestMs: number): number {
  return Math.min(longestMs, Math.max(FIRST_PAUSE_MS, elapsedMs / 10));
}

function resultOf({ target, name }: RunAgentCommand, command: AgentCommand): unknown {
  if (command.status === 'SUCCEEDED') return command.result;
  const words = mask(wordsOf(command.error), target.token);
  const message = `${name} failed on the agent of node ${target.nodeUuid}: ${words}`;
  throw new BareMetalError('AgentCommandFailed', message);
}

function shortName(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}
