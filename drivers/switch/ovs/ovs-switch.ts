import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { BareMetalError } from '../../../domain/errors.ts';
import type { PortVlan, SwitchDriver } from '../../interfaces.ts';
import { parseSettings } from '../settings.ts';
import { parseOvsdbAddress } from './address.ts';
import { OvsdbConnectionLost, OvsdbRefused } from './connection.ts';
import { OvsdbDatabase } from './database.ts';
import type { OvsdbTimes } from './database.ts';

/** Settings of a switch of the driver `ovs`. */
const ovsSettingsSchema = z.object({
  /** `tcp:<host>:<port>` or `unix:<path>` of its ovsdb-server. */
  ovsdb: z.string(),
  /** The bridge whose ports Anneal sets. */
  bridge: z.string(),
});

/** How long the switch may take. */
export interface OvsTimes extends OvsdbTimes {
  /** Until ovs-vswitchd has applied a change. */
  readonly applyMs: number;
}

const TIMES: OvsTimes = { connectMs: 3000, requestMs: 5000, applyMs: 10_000 };

/** A port as the database holds it; sets of one element may come bare (RFC 7047 §5.1). */
interface PortRow {
  readonly uuid: string;
  readonly vlan: number | null;
  readonly isAccess: boolean;
  /** The configuration that ovs-vswitchd was last asked for. */
  readonly nextCfg: number;
}

/**
 * Open vSwitch by OVSDB (RFC 7047; ovs-vswitchd.conf.db(5), Open vSwitch 3.1). An access port is
 * `ovs-vsctl set port <port> tag=<vlan> vlan_mode=access`; a change is in force when cur_cfg has reached next_cfg.
 */
export class OvsSwitch implements SwitchDriver {
  readonly #name: string;
  readonly #address: string;
  readonly #bridge: string;
  readonly #database: OvsdbDatabase;
  readonly #times: OvsTimes;

  /** @throws BareMetalError `InvalidParameterValue` when the settings do not fit */
  constructor(name: string, settings: unknown, times: OvsTimes = TIMES) {
    const { ovsdb, bridge } = parseSettings(ovsSettingsSchema, name, settings);
    this.#name = name;
    this.#address = ovsdb;
    this.#bridge = bridge;
    this.#times = times;
    this.#database = new OvsdbDatabase(parseOvsdbAddress(ovsdb), times);
  }

  getPortVlan(portId: string, signal: AbortSignal): Promise<PortVlan> {
    return this.#trying(`reading port ${portId}`, signal, async () => {
      const { vlan } = await this.#readPort(portId, signal);
      return { vlan };
    });
  }

  setPortVlan(portId: string, vlan: number, signal: AbortSignal): Promise<PortVlan> {
    return this.#trying(`setting port ${portId} to VLAN ${vlan}`, signal, async () => {
      const before = await this.#readPort(portId, signal);
      const there = before.vlan === vlan && before.isAccess;
      // Also when nothing differs: an earlier try may have written what was not in force yet.
      const cfg = there ? before.nextCfg : await this.#writePort(before.uuid, vlan, signal);
      await this.#waitUntilApplied(portId, cfg, signal);
      const after = there ? before : await this.#readPort(portId, signal);
      if (after.vlan === vlan && after.isAccess) return { vlan };
      throw new BareMetalError(
        'SwitchRefused',
        `Switch ${this.#name}: port ${portId} was set to VLAN ${vlan} but reads back ${after.vlan ?? 'no VLAN'}; does something else set it too?`,
      );
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #readPort(portId: string, signal: AbortSignal): Promise<PortRow> {
    const [bridges, ports, roots] = await this.#database.transact(
      [
        { op: 'select', table: 'Bridge', where: [], columns: ['name', 'ports'] },
        {
          op: 'select',
          table: 'Port',
          where: [['name', '==', portId]],
          columns: ['_uuid', 'tag', 'vlan_mode', 'trunks'],
        },
        { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
      ],
      signal,
    );
    const port = ports?.rows?.[0];
    const uuid = elementsOf(port?.['_uuid'])[0];
    if (port === undefined || typeof uuid !== 'string' || !this.#portsOfBridge(bridges?.rows ?? []).includes(uuid)) {
      throw new BareMetalError(
        'SwitchPortNotFound',
        `Switch ${this.#name} has no port "${portId}" on bridge ${this.#bridge}; check local_link_connection/port_id.`,
      );
    }
    return { uuid, ...vlanOf(port), nextCfg: Number(roots?.rows?.[0]?.['next_cfg'] ?? 0) };
  }

  #portsOfBridge(bridges: readonly Record<string, unknown>[]): unknown[] {
    const bridge = bridges.find((row) => row['name'] === this.#bridge);
    if (bridge === undefined) throw this.#noBridge(bridges.map((row) => String(row['name'])));
    return elementsOf(bridge['ports']);
  }

  #noBridge(names: readonly string[]): BareMetalError {
    const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
    return new BareMetalError(
      'SwitchNotFound',
      `Switch ${this.#name} at ${this.#address} has no bridge "${this.#bridge}"; ${has}. Correct the switch's settings.`,
    );
  }

  /** Writes the VLAN of a port that is still there, and gives the configuration to wait for. */
  async #writePort(uuid: string, vlan: number, signal: AbortSignal): Promise<number> {
    const where = [['_uuid', '==', ['uuid', uuid]]];
    const row = { tag: vlan, vlan_mode: 'access', trunks: ['set', []] };
    const [updated, , , root] = await this.#database.transact(
      [
        { op: 'update', table: 'Port', where, row },
        { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] },
        { op: 'comment', comment: `anneal: VLAN ${vlan}` },
        { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
      ],
      signal,
    );
    if (updated?.count !== 1) throw new OvsdbRefused('the port vanished while it was being set');
    return Number(root?.rows?.[0]?.['next_cfg']);
  }

  async #waitUntilApplied(portId: string, cfg: number, signal: AbortSignal): Promise<void> {
    const { applyMs } = this.#times;
    const patience = AbortSignal.timeout(applyMs);
    try {
      await this.#database.waitUntilApplied(cfg, AbortSignal.any([signal, patience]));
    } catch (error) {
      if (signal.aborted || !patience.aborted) throw error;
      throw new BareMetalError(
        'SwitchUnreachable',
        `Switch ${this.#name} took the VLAN of port ${portId} into its database but did not apply it within ${applyMs / 1000} s; is ovs-vswitchd running?`,
      );
    }
  }

  /** Tries once more when a kept connection turns out to be dead: both verbs may safely be repeated. */
  async #trying<T>(what: string, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt().catch(async (error: unknown) => {
        if (!(error instanceof OvsdbConnectionLost) || error.cause !== undefined) throw error;
        await sleep(RECONNECT_PAUSE_MS, undefined, { signal });
        return await attempt();
      });
    } catch (error) {
      if (error instanceof OvsdbConnectionLost) {
        throw new BareMetalError(
          'SwitchUnreachable',
          `Switch ${this.#name} at ${this.#address} does not answer while ${what}: ${error.message}.`,
          { cause: error },
        );
      }
      if (error instanceof OvsdbRefused) {
        throw new BareMetalError('SwitchRefused', `Switch ${this.#name} refused ${what}: ${error.message}.`, {
          cause: error,
        });
      }
      throw error;
    }
  }
}

/** Before a lost connection is made anew; a server that restarts needs a moment. */
const RECONNECT_PAUSE_MS = 100;

/** The VLAN of a row of the table Port, and whether the port carries nothing else. */
function vlanOf(port: Record<string, unknown>): Pick<PortRow, 'vlan' | 'isAccess'> {
  const [tag] = elementsOf(port['tag']);
  const [mode] = elementsOf(port['vlan_mode']);
  return {
    vlan: typeof tag === 'number' ? tag : null,
    isAccess: mode === 'access' && elementsOf(port['trunks']).length === 0,
  };
}

/** The elements of an OVSDB value that may be a set, a single atom or a uuid (RFC 7047 §5.1). */
function elementsOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) return value === undefined ? [] : [value];
  const [kind, content] = value as [unknown, unknown];
  if (kind === 'set' && Array.isArray(content)) return content.flatMap((element) => elementsOf(element));
  return [content];
}
