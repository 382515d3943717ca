import type { Table } from '../table.ts';
import { drivers } from './drivers.ts';
import { nodeCreate } from './node-create.ts';
import { versions } from './versions.ts';

/** All tables, in the order in which they are asked. */
export const ALL_TABLES: readonly Table[] = [versions, drivers, nodeCreate];
