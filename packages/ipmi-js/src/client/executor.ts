import { CC } from '../codec/completion-codes.ts';
import type { BridgeRoute } from '../codec/bridge.ts';
import { IpmiError } from '../errors.ts';
import { Call } from '../session/call.ts';
import type { Answer, ClientSession } from '../session/client-session.ts';
import { completionError, mayRepeat } from './completions.ts';
import type { CommandFacts } from './completions.ts';
import type { CallOptions, ClientEvent } from './options.ts';
import type { Pacer } from './pacer.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { Turn } from './turn.ts';

/** A command in bytes with what is needed to treat it well. */
export interface Job extends CommandFacts {
  readonly netFn: number;
  readonly cmd: number;
  readonly lun?: number;
  readonly data: Uint8Array;
  /** Privilege number that the session must have. */
  readonly privilege: number;
}

/** What running commands needs. */
export interface ExecutorOptions {
  readonly bmc: string;
  readonly keeper: SessionKeeper;
  readonly turn: Turn;
  readonly pacer: Pacer;
  readonly deadlineMs: number;
  readonly bridge: BridgeRoute | undefined;
  readonly log: (event: ClientEvent['event'], detail: string) => void;
}

/** Sends of one command in one session before the session counts as dead. */
const TRIES = 5;
/** How long a command that must not be repeated may take. */
const PATIENCE_MS = 3_000;
/** Administrator: D4h at this level is final. */
const TOP_PRIVILEGE = 4;

/** Runs commands against one BMC, one at a time: session, privilege, pacing, busy answers, lost sessions. */
export class Executor {
  readonly #options: ExecutorOptions;
  #closed = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** Refuses everything from now on. */
  close(): void {
    this.#closed = true;
  }

  /** A call of the caller's, with this BMC's default deadline. */
  call(command: string, options: CallOptions = {}): Call {
    const { bmc, deadlineMs } = this.#options;
    if (this.#closed) {
      throw new IpmiError('IpmiClosed', `${command} on ${bmc}: the handle was closed`, { bmc, command });
    }
    return new Call({ bmc, command, deadlineMs: options.deadlineMs ?? deadlineMs, signal: options.signal });
  }

  /**
   * Runs a job and gives the answer with completion code 00h.
   * @throws IpmiError for every other end
   */
  async run(job: Job, options: CallOptions = {}): Promise<Uint8Array> {
    const answer = await this.answer(job, options);
    if (answer.completionCode !== CC.ok) {
      throw completionError(this.#options.bmc, job, answer.completionCode);
    }
    return answer.data;
  }

  /** Runs a job and gives the answer whatever its completion code; busy answers were retried. */
  answer(job: Job, options: CallOptions = {}): Promise<Answer> {
    return this.within(this.call(job.name, options), job);
  }

  /** As {@link answer}, as part of a longer call. */
  within(call: Call, job: Job): Promise<Answer> {
    return this.#options.turn.take(call, () => this.#insist(call, job));
  }

  async #insist(call: Call, job: Job): Promise<Answer> {
    const { keeper, pacer, log } = this.#options;
    for (;;) {
      await pacer.pause(call);
      const session = await keeper.get(call);
      const answer = await this.#once(call, session, job);
      call.throwIfAborted();
      if (answer === undefined) {
        this.#unanswered(call, job);
      } else if (mayRepeat(answer.completionCode, job.repeatable)) {
        pacer.busy();
        log('busy', `${job.name}: ${answer.completionCode.toString(16)}h`);
        if (call.remainingMs <= pacer.gapMs) return answer;
      } else {
        pacer.done();
        return answer;
      }
    }
  }

  /** One send with retransmissions; raises the privilege first, or after D4h. */
  async #once(call: Call, session: ClientSession, job: Job): Promise<Answer | undefined> {
    const { keeper } = this.#options;
    await keeper.raise(call, session, job.privilege);
    const ask = {
      netFn: job.netFn,
      cmd: job.cmd,
      data: job.data,
      lun: job.lun ?? 0,
      bridge: this.#options.bridge,
      ...(job.repeatable ? { tries: TRIES } : { tries: 1, patienceMs: PATIENCE_MS }),
    };
    const answer = await session.ask(call, ask);
    if (answer?.completionCode !== CC.privilege || session.privilege >= TOP_PRIVILEGE) return answer;
    const before = session.privilege;
    await keeper.raise(call, session, before + 1);
    return session.privilege > before ? session.ask(call, ask) : answer;
  }

  #unanswered(call: Call, job: Job): void {
    const { keeper, pacer, bmc } = this.#options;
    pacer.done();
    keeper.lose(`${job.name} unanswered`);
    if (job.repeatable) {
      call.check('waiting for its answer');
      return;
    }
    throw new IpmiError(
      'IpmiOutcomeUnknown',
      `${job.name} on ${bmc}: no answer, and it must not be sent twice; read the state before trying again`,
      { bmc, command: job.name },
    );
  }
}
