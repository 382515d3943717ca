import { randomUUID } from 'node:crypto';
import type { Queryable } from '../../../db/pool.ts';
import { NODE_COLUMNS, rowToNode } from '../../../db/node-row.ts';
import type { NodeRow } from '../../../db/node-row.ts';
import type { Node, Port } from '../../../domain/node.ts';
import { NEW_PORT } from '../../support/new-records.ts';

/** Interfaces of a node that only tests have. */
const INTERFACES = {
  bios: 'fake',
  boot: 'fake',
  console: 'no-console',
  deploy: 'fake',
  firmware: 'fake',
  inspect: 'fake',
  management: 'fake',
  network: 'noop',
  power: 'fake',
  raid: 'fake',
  rescue: 'no-rescue',
  storage: 'noop',
  vendor: 'no-vendor',
};

/** What a test says about its node; the rest is filled in. */
export type NodeWishes = Partial<Pick<Node, 'name' | 'driver' | 'driverInfo' | 'properties' | 'instanceInfo'>> & {
  readonly network?: string;
};

/** Stores a node and gives it back as the code sees it. */
export async function insertTestNode(db: Queryable, wishes: NodeWishes = {}): Promise<Node> {
  const { rows } = await db.query<NodeRow>(
    `insert into nodes (uuid, name, driver, driver_info, properties, instance_info, interfaces)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${NODE_COLUMNS}`,
    [
      randomUUID(),
      wishes.name ?? null,
      wishes.driver ?? 'fake-hardware',
      wishes.driverInfo ?? {},
      wishes.properties ?? {},
      wishes.instanceInfo ?? {},
      { ...INTERFACES, network: wishes.network ?? 'noop' },
    ],
  );
  const [row] = rows as [NodeRow];
  return rowToNode(row);
}

/** A port that is in no database. */
export function aPort(node: Node, wishes: Partial<Port> = {}): Port {
  return {
    ...NEW_PORT,
    uuid: randomUUID(),
    nodeUuid: node.uuid,
    address: '52:54:00:00:00:01',
    internalInfo: {},
    createdAt: new Date(0),
    updatedAt: null,
    ...wishes,
  };
}

/** The context of a call that nothing aborts. */
export function calling(node: Node): { node: Node; signal: AbortSignal } {
  return { node, signal: AbortSignal.timeout(15_000) };
}
