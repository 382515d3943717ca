import type pg from 'pg';
import type { Logger } from 'pino';
import type { Tools } from '../activities/tools.ts';
import { createAgentClient } from '../drivers/agent/client.ts';
import { createDrivers } from '../drivers/hardware-types.ts';
import type { WorkerConfig } from './config.ts';

/** Makes what the activities of a worker work with; `drivers.close()` ends the kept connections. */
export function createTools(
  config: Pick<WorkerConfig, 'activities' | 'hardwareTypes' | 'enabledInterfaces' | 'hostname'>,
  db: pg.Pool,
  log: Logger,
): Tools {
  const { hardwareTypes, enabledInterfaces, hostname, activities } = config;
  const drivers = createDrivers({ db, log, settings: { enabledInterfaces, ...(hardwareTypes && { hardwareTypes }) } });
  return { db, drivers, agent: createAgentClient(), log, hostname, settings: activities };
}
