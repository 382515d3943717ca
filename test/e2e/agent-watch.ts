import { setTimeout as sleep } from 'node:timers/promises';
import { getAgentSession } from '../../db/agent-sessions.ts';
import type { LabSite } from './lab-site.ts';

/** A command as the agent's own list shows it. */
interface AgentCommand {
  readonly id: string;
  readonly command_name: string;
  readonly command_status: string;
  readonly command_result: Readonly<Record<string, { step?: string } | undefined>> | null;
}

const POLL_MS = 700;

/** Watches what the agents of one node are told, by asking them as Anneal does. */
export class AgentWatch {
  readonly #site: LabSite;
  readonly #nodeUuid: string;
  readonly #commands = new Map<string, AgentCommand>();
  readonly #end = new AbortController();
  readonly #loop: Promise<void>;

  constructor(site: LabSite, nodeUuid: string) {
    this.#site = site;
    this.#nodeUuid = nodeUuid;
    this.#loop = this.#watch();
  }

  /** Waits until the agent runs a command of that name. */
  async untilRunning(name: string): Promise<void> {
    while (![...this.#commands.values()].some((one) => one.command_name === name && one.command_status === 'RUNNING'))
      await sleep(POLL_MS);
  }

  /** How many commands ran this step, each by an id of its own. */
  ran(step: string): number {
    const steps = [...this.#commands.values()].map(({ command_result: result }) =>
      Object.values(result ?? {}).some((part) => part?.step === step),
    );
    return steps.filter(Boolean).length;
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#loop;
  }

  async #watch(): Promise<void> {
    for (; !this.#end.signal.aborted; await sleep(POLL_MS)) {
      // No session, or an agent that is being erased and has no time: the next look finds it.
      const session = await getAgentSession(this.#site.pool, this.#nodeUuid).catch(() => undefined);
      if (!session?.callbackUrl || !session.token) continue;
      const url = `${session.callbackUrl}/v1/commands/?agent_token=${session.token}`;
      const text = await this.#site.inside(['curl', '-sk', '--max-time', '5', url]).catch(() => '');
      if (!text.startsWith('{')) continue;
      const { commands = [] } = JSON.parse(text) as { commands?: AgentCommand[] };
      for (const command of commands) this.#commands.set(command.id, command);
    }
  }
}
