import type { Logger } from 'pino';
import type { Queryable } from '../db/pool.ts';
import { registerWorker, removeWorker, touchWorker, type HardwareTypeFacts } from '../db/workers.ts';
import type { DeviceChangeKind } from '../domain/device-changes.ts';
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
 * @returns stops it and takes the row away; one that can't be taken away now is passed over when it has become old
 */
export async function startRegistration(
  db: Queryable,
  { hostname, site, hardwareTypes }: Registration,
  log: Logger,
): Promise<() => Promise<void>> {
  const row = { hostname, conductorGroup: site, hardwareTypes: hardwareTypes.map(describe) };
  let registered = false;
  // PostgreSQL may be away, at the start too; the next beat tries again.
  const beat = async () => {
    try {
      registered &&= await touchWorker(db, hostname);
      if (!registered) await registerWorker(db, row);
      registered = true;
    } catch (err) {
      log.warn({ err }, 'worker row not written');
    }
  };
  let last = beat();
  await last;
  const timer = setInterval(() => (last = beat()), INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    // A beat that is on its way would register the worker again.
    await last;
    await removeWorker(db, hostname).catch((err: unknown) => log.warn({ err }, 'worker row not taken away'));
  };
}

function describe(type: HardwareType): HardwareTypeFacts {
  const { name, interfaces, properties, required, usesAgent, indicators, management, vendor } = type;
  return {
    name,
    interfaces,
    properties,
    required,
    usesAgent,
    changes: Object.keys(type.changes ?? {}) as DeviceChangeKind[],
    deploySteps: type.steps.offered.deploy,
    indicators,
    supportedBootDevices: management.supportedBootDevices(),
    vendorMethods: vendor?.offered,
  };
}
