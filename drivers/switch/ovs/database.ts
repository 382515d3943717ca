import type { NetConnectOpts } from 'node:net';
import { z } from 'zod';
import { OvsdbConnection, OvsdbConnectionLost, OvsdbRefused } from './connection.ts';

/** One result of a transaction's operation (RFC 7047 §5.2). */
const operationResultSchema = z.object({
  rows: z.array(z.record(z.string(), z.unknown())).optional(),
  count: z.int().optional(),
  error: z.string().optional(),
  details: z.string().nullish(),
});

/** What an operation of a transaction gave. */
export type OperationResult = z.infer<typeof operationResultSchema>;

const cfgUpdateSchema = z.record(
  z.string(),
  z.record(z.string(), z.object({ new: z.object({ cur_cfg: z.number().optional() }).optional() })),
);

/** One connection, and the configuration that ovs-vswitchd has applied as watched over it. */
interface Session {
  readonly connection: OvsdbConnection;
  readonly watch: Watch;
}

interface Watch {
  applied: number;
  readonly waiters: Set<() => void>;
}

/** How long the switch may take, in milliseconds. */
export interface OvsdbTimes {
  readonly connectMs: number;
  readonly requestMs: number;
}

/** The `Open_vSwitch` database of one switch, over a kept connection that is made anew when it was lost. */
export class OvsdbDatabase {
  readonly #address: NetConnectOpts;
  readonly #times: OvsdbTimes;
  #session: Promise<Session> | undefined;

  constructor(address: NetConnectOpts, times: OvsdbTimes = { connectMs: 3000, requestMs: 5000 }) {
    this.#address = address;
    this.#times = times;
  }

  /**
   * Runs a transaction; every operation must succeed.
   * @throws OvsdbRefused with the server's words; OvsdbConnectionLost
   */
  async transact(operations: readonly object[], signal: AbortSignal): Promise<OperationResult[]> {
    const { connection } = await this.#open();
    const answer = await this.#request(connection, 'transact', ['Open_vSwitch', ...operations], signal);
    // Operations after a failed one answer null (RFC 7047 §4.1.3).
    const results = z.array(operationResultSchema.nullable()).parse(answer);
    const failed = results.find((result) => result?.error !== undefined);
    if (failed) throw new OvsdbRefused(failed.details ? `${failed.error} (${failed.details})` : `${failed.error}`);
    return results.filter((result) => result !== null);
  }

  /** Resolves once ovs-vswitchd has applied configuration `cfg` or a later one (ovs-vswitchd.conf.db(5), cur_cfg). */
  async waitUntilApplied(cfg: number, signal: AbortSignal): Promise<void> {
    const { connection, watch } = await this.#open();
    while (watch.applied < cfg) {
      if (!connection.alive) throw new OvsdbConnectionLost('the connection was lost while waiting');
      await new Promise<void>((resolve, reject) => {
        const settle = (): void => {
          watch.waiters.delete(settle);
          signal.removeEventListener('abort', settle);
          if (signal.aborted) reject(signal.reason as Error);
          else resolve();
        };
        watch.waiters.add(settle);
        signal.addEventListener('abort', settle, { once: true });
        if (signal.aborted) settle();
      });
    }
  }

  /** Ends the connection; a later call connects anew. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.then(
      ({ connection }) => connection.close(),
      () => {},
    );
  }

  async #open(): Promise<Session> {
    const opening = (this.#session ??= this.#connect());
    try {
      const session = await opening;
      if (session.connection.alive) return session;
    } catch (error) {
      if (this.#session === opening) this.#session = undefined;
      throw error;
    }
    if (this.#session === opening) this.#session = undefined;
    return await this.#open();
  }

  async #connect(): Promise<Session> {
    const watch: Watch = { applied: 0, waiters: new Set() };
    const connection = await OvsdbConnection.open(this.#address, {
      timeoutMs: this.#times.connectMs,
      onNotification(method, params) {
        if (method === 'update') watch.applied = Math.max(watch.applied, curCfgOf(params[1]));
        for (const wake of watch.waiters) wake();
      },
    });
    // Watching starts with the connection, so that no change can slip through between a write and a wait.
    const params = ['Open_vSwitch', null, { Open_vSwitch: { columns: ['cur_cfg'] } }];
    const first = await this.#request(connection, 'monitor', params, new AbortController().signal).catch((error) => {
      connection.close();
      throw error;
    });
    watch.applied = Math.max(watch.applied, curCfgOf(first));
    return { connection, watch };
  }

  async #request(
    connection: OvsdbConnection,
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
  ): Promise<unknown> {
    const { requestMs } = this.#times;
    const patience = AbortSignal.timeout(requestMs);
    try {
      return await connection.request(method, params, AbortSignal.any([signal, patience]));
    } catch (error) {
      if (signal.aborted || !patience.aborted) throw error;
      // A server that hangs is not asked again on the same connection.
      connection.close();
      throw new OvsdbConnectionLost(`no answer to "${method}" within ${requestMs} ms`);
    }
  }
}

/** The cur_cfg of a monitor's table updates (RFC 7047 §4.1.6), or 0. */
function curCfgOf(updates: unknown): number {
  const tables = cfgUpdateSchema.safeParse(updates);
  const rows = Object.values(tables.data?.['Open_vSwitch'] ?? {});
  return Math.max(0, ...rows.map((row) => row.new?.cur_cfg ?? 0));
}
