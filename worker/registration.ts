import type { Logger } from 'pino';
import type { Queryable } from '../db/pool.ts';
import { registerWorker, removeWorker, touchWorker, type HardwareTypeFacts } from '../db/workers.ts';
import type { HardwareType } from '../drivers/interfaces.ts';

const INTERVAL_MS = 10_000;

/** What a worker registers itself as. */
export interface Registration {
  readonly hostname: string;
  readonly site: string;
  readonly hardwareTypes: readonly HardwareType[];
}

/**
 * Keeps the worker's row in `workers` fresh: it is what the API shows as conductor and drivers.
 * @returns stops it and takes the row away
 */
export async function startRegistration(
  db: Queryable,
  { hostname, site, hardwareTypes }: Registration,
  log: Logger,
): Promise<() => Promise<void>> {
  const row = { hostname, conductorGroup: site, hardwareTypes: hardwareTypes.map(describe) };
  await registerWorker(db, row);
  const touch = async () => {
    if (!(await touchWorker(db, hostname))) await registerWorker(db, row);
  };
  const timer = setInterval(
    () => void touch().catch((err: unknown) => log.warn({ err }, 'worker row not written')),
    INTERVAL_MS,
  );
  return async () => {
    clearInterval(timer);
    await removeWorker(db, hostname);
  };
}

function describe(type: HardwareType): HardwareTypeFacts {
  const { name, interfaces, properties, required, usesAgent, management } = type;
  return { name, interfaces, properties, required, usesAgent, supportedBootDevices: management.supportedBootDevices() };
}
