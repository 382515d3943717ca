import type { NetworkPurpose } from '../domain/node.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { Queryable } from './pool.ts';

/** A VLAN with a name; a VIF of the network interface `switch` is one of these. */
export interface Network {
  readonly name: string;
  readonly uuid: string;
  readonly vlan: number;
  /** What Anneal itself uses the network for; null for a tenant's. */
  readonly purpose: Exclude<NetworkPurpose, 'tenant'> | null;
  readonly owner: string | null;
  readonly createdAt: Date;
}

/** What a new network is made of. */
export interface NewNetwork {
  readonly name: string;
  /** 1–4094. */
  readonly vlan: number;
  readonly uuid?: string;
  readonly purpose?: Network['purpose'];
  readonly owner?: string | null;
}

interface NetworkRow {
  name: string;
  uuid: string;
  vlan: number;
  purpose: Network['purpose'];
  owner: string | null;
  created_at: Date;
}

const COLUMNS = 'name, uuid, vlan, purpose, owner, created_at';

function rowToNetwork({ created_at: createdAt, ...rest }: NetworkRow): Network {
  return { ...rest, createdAt };
}

/** All networks by name. */
export async function listNetworks(db: Queryable): Promise<Network[]> {
  const { rows } = await db.query<NetworkRow>(`select ${COLUMNS} from networks order by name`);
  return rows.map(rowToNetwork);
}

// A name may look like another network's uuid: the name counts more.
const NAMED = 'name = $1::text or uuid::text = lower($1::text) order by name = $1::text desc limit 1';

/** The network with this name or uuid, or undefined. */
export async function getNetworkByNameOrUuid(db: Queryable, id: string): Promise<Network | undefined> {
  const { rows } = await db.query<NetworkRow>(`select ${COLUMNS} from networks where ${NAMED}`, [id]);
  return rows[0] && rowToNetwork(rows[0]);
}

/**
 * The network that Anneal uses for `purpose`; without one of their own inspection, rescue and service use the one
 * for provisioning.
 */
export async function getNetworkForPurpose(
  db: Queryable,
  purpose: Exclude<NetworkPurpose, 'tenant'>,
): Promise<Network | undefined> {
  const { rows } = await db.query<NetworkRow>(
    `select ${COLUMNS} from networks
      where purpose = $1::text
        or ($1::text in ('inspection', 'rescuing', 'servicing') and purpose = 'provisioning')
      order by purpose = $1::text desc`,
    [purpose],
  );
  return rows[0] && rowToNetwork(rows[0]);
}

/**
 * Adds a network.
 * @throws BareMetalError `DuplicateName` when the name, the uuid or the purpose is taken
 */
export async function insertNetwork(db: Queryable, network: NewNetwork): Promise<Network> {
  const { rows } = await db.query<NetworkRow>(
    `insert into networks (name, uuid, vlan, purpose, owner)
     values ($1::text, coalesce($2::uuid, gen_random_uuid()), $3::integer, $4::text, $5::text)
     on conflict do nothing returning ${COLUMNS}`,
    [network.name, network.uuid ?? null, network.vlan, network.purpose ?? null, network.owner ?? null],
  );
  if (rows[0]) return rowToNetwork(rows[0]);
  const purpose = network.purpose ? ` or another network has the purpose ${network.purpose}` : '';
  throw new BareMetalError('DuplicateName', `A network named "${network.name}" exists already${purpose}.`);
}

/** Removes a network by name or uuid; false when there was none. */
export async function deleteNetwork(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(`delete from networks where uuid = (select uuid from networks where ${NAMED})`, [
    id,
  ]);
  return rowCount === 1;
}
