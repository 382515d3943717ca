import { isAlive, spawnDaemon } from './processes.ts';
import type { ProcessRecord } from './processes.ts';
import { writeLab } from './state.ts';
import type { LabState } from './state.ts';
import { join } from 'node:path';

/** A lab while it is brought up: its state, kept on disk at each change. */
export class LabBuilder {
  #state: LabState;
  readonly log: (line: string) => void;

  constructor(state: LabState, log: (line: string) => void) {
    this.#state = state;
    this.log = log;
  }

  /** The state as it is now. */
  get state(): LabState {
    return this.#state;
  }

  /** Changes the state and writes it. */
  async update(change: Partial<LabState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await writeLab(this.#state);
  }

  /** Notes a process of the lab under its role. */
  async note(role: string, record: ProcessRecord): Promise<void> {
    await this.update({ processes: { ...this.#state.processes, [role]: record } });
  }

  /** Starts the process of a role unless it lives; true when it was started. Its log is `<role>.log`. */
  async ensureProcess(role: string, argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<boolean> {
    if (await isAlive(this.#state.processes[role])) return false;
    await this.note(role, await spawnDaemon(argv, join(this.#state.directory, 'log', `${role}.log`), env));
    return true;
  }
}
