import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { getNodeByUuid } from '../db/nodes.ts';
import type { Queryable } from '../db/pool.ts';
import {
  dropSerialConsole,
  holdSerialConsoles,
  noteSerialConsole,
  releaseSerialConsoles,
  type HeldConsole,
} from '../db/serial-consoles.ts';
import { CONSOLE_LEASE_S } from '../domain/consoles.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { Drivers } from '../drivers/hardware-types.ts';
import { SerialPort } from './serial-port.ts';

/** Where serial consoles are served. */
export interface ConsoleSettings {
  /** Address that they listen on. */
  readonly address: string;
  /** What clients reach it as. */
  readonly host: string;
  /** Ports of nodes that ask for none, from the first to the last. */
  readonly ports: readonly [first: number, last: number];
  /** Silence after which a reader is sent away; 0 never. */
  readonly idleS: number;
  readonly pollMs?: number;
}

interface Parts {
  readonly db: Queryable;
  readonly drivers: Pick<Drivers, 'hardwareType'>;
  readonly log: Logger;
  readonly hostname: string;
  readonly site: string;
}

interface Served {
  readonly port: number;
  readonly serial: SerialPort;
}

const POLL_MS = 1000;

/**
 * Serves the serial consoles of the site that are wanted, each by one worker; those of a worker that died are taken over.
 * @returns closes them all, and lets others take them
 */
export function startSerialConsoles(parts: Parts, settings: ConsoleSettings): () => Promise<void> {
  const { db, log, hostname } = parts;
  const stopping = new AbortController();
  const served = new Map<string, Served>();
  let heldUntil = 0;
  const serve = async () => {
    while (!stopping.signal.aborted) {
      try {
        const askedAt = performance.now();
        const held = await holdSerialConsoles(db, parts);
        heldUntil = askedAt + CONSOLE_LEASE_S * 1000;
        await settle({ ...parts, settings, served }, held);
      } catch (err) {
        log.warn({ err }, 'serial consoles not looked after');
        // Another worker may have taken them.
        if (performance.now() > heldUntil) await close(served, [...served.keys()]);
      }
      await sleep(settings.pollMs ?? POLL_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const serving = serve();
  return async () => {
    stopping.abort();
    await serving;
    await close(served, [...served.keys()]);
    await releaseSerialConsoles(db, hostname).catch((err: unknown) => log.warn({ err }, 'consoles not let go'));
  };
}

interface Site extends Parts {
  readonly settings: ConsoleSettings;
  readonly served: Map<string, Served>;
}

/** Opens what is to be open here, and closes the rest. */
async function settle(site: Site, held: readonly HeldConsole[]): Promise<void> {
  const wanted = new Map(held.filter(({ isWanted }) => isWanted).map((one) => [one.nodeUuid, one]));
  const { served, db, hostname } = site;
  const stays = ([nodeUuid, { port }]: [string, Served]) => {
    const still = wanted.get(nodeUuid);
    return still !== undefined && (still.wantedPort ?? port) === port;
  };
  await close(
    served,
    [...served].filter((entry) => !stays(entry)).map(([nodeUuid]) => nodeUuid),
  );
  for (const { nodeUuid, isWanted } of held) if (!isWanted) await dropSerialConsole(db, hostname, nodeUuid);
  for (const one of wanted.values()) await ensureServed(site, one);
}

async function ensureServed(site: Site, held: HeldConsole): Promise<void> {
  const { db, hostname, served, settings } = site;
  const { nodeUuid } = held;
  const opened = served.get(nodeUuid) ?? (await open(site, held));
  if ('problem' in opened) {
    if (opened.problem !== held.problem) await noteSerialConsole(db, hostname, { nodeUuid, ...opened });
    return;
  }
  served.set(nodeUuid, opened);
  const { port } = opened;
  if (port === held.port && held.problem === null) return;
  await noteSerialConsole(db, hostname, { nodeUuid, host: settings.host, port });
}

/** Listens on the port that the node asks for, else on the one that it had, else on the first free one. */
async function open(site: Site, held: HeldConsole): Promise<Served | { readonly problem: string }> {
  const { settings, served, hostname } = site;
  const [first, last] = settings.ports;
  const taken = new Set([...served.values()].map(({ port }) => port));
  const free = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const ports = held.wantedPort === null ? [...(held.port === null ? [] : [held.port]), ...free] : [held.wantedPort];
  let reason = 'none is left';
  for (const port of ports) {
    if (taken.has(port)) continue;
    const serial = new SerialPort(portSettings(site, held.nodeUuid));
    try {
      await serial.listen(settings.address, port);
      return { port, serial };
    } catch (error) {
      reason = (error as Error).message;
      // Only a port that is in use makes the next one worth a try.
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') break;
    }
  }
  const asked = held.wantedPort === null ? `${first}:${last}` : `${held.wantedPort} (driver_info)`;
  return { problem: `The worker ${hostname} has no port ${asked} for its console: ${reason}.` };
}

function portSettings({ db, drivers, log, settings }: Site, nodeUuid: string) {
  return {
    idleMs: settings.idleS * 1000,
    failed: (err: unknown) => log.info({ node: nodeUuid, err }, 'serial console not attached'),
    async attach(signal: AbortSignal) {
      const node = await getNodeByUuid(db, nodeUuid);
      if (node === undefined) throw new BareMetalError('NodeNotFound', `Node ${nodeUuid} was deleted.`);
      const { serialConsole } = drivers.hardwareType(node.driver);
      if (serialConsole !== undefined) return await serialConsole.open({ node, signal });
      throw new BareMetalError('UnsupportedDriverExtension', `Driver ${node.driver} has no serial console.`);
    },
  };
}

/** All at once: a BMC that is gone takes seconds to say goodbye to. */
async function close(served: Map<string, Served>, nodeUuids: readonly string[]): Promise<void> {
  const closing = nodeUuids.map(async (nodeUuid) => served.get(nodeUuid)?.serial.close());
  for (const nodeUuid of nodeUuids) served.delete(nodeUuid);
  await Promise.all(closing);
}
