import type { Table } from '../table.ts';
import { allocations } from './allocations.ts';
import { chassis } from './chassis.ts';
import { cleaning } from './cleaning.ts';
import { deployment } from './deployment.ts';
import { drivers } from './drivers.ts';
import { inUse } from './in-use.ts';
import { jsonSuffix } from './json-suffix.ts';
import { nodeCreate } from './node-create.ts';
import { nodeList } from './node-list.ts';
import { nodeParts } from './node-parts.ts';
import { nodePatch } from './node-patch.ts';
import { portgroups } from './portgroups.ts';
import { ports } from './ports.ts';
import { power } from './power.ts';
import { states } from './states.ts';
import { templates } from './templates.ts';
import { versions } from './versions.ts';
import { volumes } from './volumes.ts';

/** All tables, in the order in which they are asked. */
export const ALL_TABLES: readonly Table[] = [
  versions,
  drivers,
  nodeCreate,
  nodeList,
  nodePatch,
  nodeParts,
  ports,
  chassis,
  portgroups,
  volumes,
  templates,
  allocations,
  states,
  cleaning,
  deployment,
  inUse,
  power,
  jsonSuffix,
];
