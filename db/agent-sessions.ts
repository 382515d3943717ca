import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { BareMetalError } from '../domain/errors.ts';
import { isUuid } from '../domain/ids.ts';
import type { AgentPurpose, Node } from '../domain/node.ts';
import { BUSY_STATES, WAIT_STATES } from '../domain/provision-states.ts';
import { NODE_COLUMNS, rowToNode, type NodeRow } from './node-row.ts';
import type { Queryable } from './pool.ts';

/** One boot of the agent on one node. `token` and `verifyCa` never leave the process. */
export interface AgentSession {
  readonly nodeUuid: string;
  readonly bootId: string;
  readonly network: AgentPurpose;
  readonly poweredOnAt: Date | null;
  readonly token: string | null;
  readonly tokenGivenAt: Date | null;
  readonly callbackUrl: string | null;
  readonly verifyCa: string | null;
  readonly agentVersion: string | null;
  readonly firstHeartbeatAt: Date | null;
  readonly lastHeartbeatAt: Date | null;
  readonly awaited: boolean;
}

interface AgentSessionRow {
  node_uuid: string;
  boot_id: string;
  network: AgentPurpose;
  powered_on_at: Date | null;
  token: string | null;
  token_given_at: Date | null;
  callback_url: string | null;
  verify_ca: string | null;
  agent_version: string | null;
  first_heartbeat_at: Date | null;
  last_heartbeat_at: Date | null;
  awaited: boolean;
}

const COLUMNS = `node_uuid, boot_id, network, powered_on_at, token, token_given_at, callback_url, verify_ca,
  agent_version, first_heartbeat_at, last_heartbeat_at, awaited`;

/** Names one boot of one node. */
export interface BootKey {
  readonly nodeUuid: string;
  readonly bootId: string;
}

/** What a new boot forgets of the boot before it. */
const FORGOTTEN = `powered_on_at token token_given_at callback_url verify_ca agent_version first_heartbeat_at
  last_heartbeat_at`
  .split(/\s+/)
  .map((column) => `${column} = case when s.boot_id = excluded.boot_id then s.${column} end`)
  .join(', ');

/**
 * Opens the session of a boot. The session of an earlier boot, its token and its call-back address are
 * forgotten; called again for the same boot it changes nothing.
 */
export async function openAgentSession(
  db: Queryable,
  { nodeUuid, bootId, network }: BootKey & { readonly network: AgentPurpose },
): Promise<AgentSession> {
  const { rows } = await db.query<AgentSessionRow>(
    `insert into agent_sessions as s (node_uuid, boot_id, network) values ($1::uuid, $2::text, $3::text)
     on conflict (node_uuid) do update set boot_id = excluded.boot_id, network = excluded.network, ${FORGOTTEN},
       awaited = s.awaited and s.boot_id = excluded.boot_id
     returning ${COLUMNS}`,
    [nodeUuid, bootId, network],
  );
  return oneSession(rows, nodeUuid);
}

/**
 * Makes the session of an agent that still runs that of another boot, of a later operation. True also when that was
 * done before; false when yet another boot has taken over.
 */
export async function adoptAgentSession(
  db: Queryable,
  { nodeUuid, from, bootId, network }: BootKey & { readonly from: string; readonly network: AgentPurpose },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update agent_sessions set boot_id = $3::text, network = $4::text, awaited = false
      where node_uuid = $1::uuid and boot_id in ($2::text, $3::text)`,
    [nodeUuid, from, bootId, network],
  );
  return rowCount === 1;
}

/** Notes that the machine was told to power on for this boot; keeps the first time. False when another boot has taken over. */
export async function markPoweredOn(db: Queryable, { nodeUuid, bootId }: BootKey): Promise<boolean> {
  const { rowCount } = await db.query(
    `update agent_sessions set powered_on_at = coalesce(powered_on_at, now())
     where node_uuid = $1::uuid and boot_id = $2::text`,
    [nodeUuid, bootId],
  );
  return rowCount === 1;
}

/** The session of the node's last boot of the agent, if one is open. */
export async function getAgentSession(db: Queryable, nodeUuid: string): Promise<AgentSession | undefined> {
  const { rows } = await db.query<AgentSessionRow>(`select ${COLUMNS} from agent_sessions where node_uuid = $1::uuid`, [
    nodeUuid,
  ]);
  return rows[0] && rowToSession(rows[0]);
}

/**
 * Says whether a workflow waits for this boot's agent: only then does a heartbeat become a signal.
 * False when another boot has taken over.
 */
export async function setAwaited(
  db: Queryable,
  { nodeUuid, bootId, awaited }: BootKey & { readonly awaited: boolean },
): Promise<boolean> {
  const { rowCount } = await db.query(
    'update agent_sessions set awaited = $3::boolean where node_uuid = $1::uuid and boot_id = $2::text',
    [nodeUuid, bootId, awaited],
  );
  return rowCount === 1;
}

/** Ends the node's session: its agent is no longer believed. Does nothing when none is open. */
export async function closeAgentSession(db: Queryable, nodeUuid: string): Promise<void> {
  await db.query('delete from agent_sessions where node_uuid = $1::uuid', [nodeUuid]);
}

/** A machine that is to boot the agent. */
export interface NetworkBoot extends BootKey {
  readonly nodeName: string | null;
  readonly network: AgentPurpose;
}

/** Whether the machine with this NIC is to boot the agent now; undefined for strangers and all others. */
export async function findNetworkBoot(db: Queryable, address: string): Promise<NetworkBoot | undefined> {
  if (!MAC.test(address)) return undefined;
  const { rows } = await db.query<{ uuid: string; name: string | null; boot_id: string; network: AgentPurpose }>(
    `select n.uuid, n.name, s.boot_id, s.network
     from ports p join nodes n on n.uuid = p.node_uuid join agent_sessions s on s.node_uuid = n.uuid
     where p.address = $1::macaddr and n.provision_state = any($2::text[])`,
    [address, STATES_WITH_AGENT],
  );
  const [row] = rows;
  return row && { nodeUuid: row.uuid, nodeName: row.name, bootId: row.boot_id, network: row.network };
}

/** What lookup answers in place of a token that was handed out before. */
export const GIVEN_TOKEN = '******';

/** Who asks: the MAC addresses of all its NICs, and the node's uuid when the ramdisk was told it. */
export interface AgentLookup {
  readonly addresses: readonly string[];
  readonly nodeUuid?: string | undefined;
}

/** The node that an agent runs on, and its token: in clear for the first asker, `GIVEN_TOKEN` after. */
export interface LookedUpAgent {
  readonly node: Node;
  readonly bootId: string;
  readonly network: AgentPurpose;
  readonly token: string;
}

/**
 * Finds the node on which an agent was booted and hands out its token, once. Undefined alike when no node
 * fits, when more than one does, when no agent was booted, and when the state doesn't allow one: a
 * stranger learns nothing (Ironic's GET /v1/lookup). Malformed addresses are passed over, as Ironic does.
 */
export async function lookupAgent(db: Queryable, lookup: AgentLookup): Promise<LookedUpAgent | undefined> {
  const node = await findBootedNode(db, lookup);
  return node && takeToken(db, node);
}

const MAC = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;
const STATES_WITH_AGENT = [...WAIT_STATES, ...BUSY_STATES];

async function findBootedNode(db: Queryable, { addresses, nodeUuid }: AgentLookup): Promise<Node | undefined> {
  if (nodeUuid !== undefined && !isUuid(nodeUuid)) return undefined;
  const { rows } = await db.query<NodeRow>(
    `select ${NODE_COLUMNS} from nodes
     where provision_state = any($1::text[])
       and exists (select from agent_sessions s where s.node_uuid = nodes.uuid)
       and case when $2::uuid is not null then uuid = $2::uuid
           else exists (select from ports p where p.node_uuid = nodes.uuid and p.address = any($3::macaddr[])) end
     limit 2`,
    [STATES_WITH_AGENT, nodeUuid ?? null, addresses.filter((address) => MAC.test(address))],
  );
  const [row] = rows;
  return row !== undefined && rows.length === 1 ? rowToNode(row) : undefined;
}

/** 32 random bytes, 43 characters: the agent asks for at least 32 characters. */
async function takeToken(db: Queryable, node: Node): Promise<LookedUpAgent | undefined> {
  const fresh = randomBytes(32).toString('base64url');
  // The row lock lets one of two lookups at once find no token; the other sees it set.
  const { rows } = await db.query<{ boot_id: string; network: AgentPurpose; given: boolean }>(
    `update agent_sessions set token = coalesce(token, $2::text), token_given_at = coalesce(token_given_at, now())
     where node_uuid = $1::uuid returning boot_id, network, token = $2::text as given`,
    [node.uuid, fresh],
  );
  const [row] = rows;
  return row && { node, bootId: row.boot_id, network: row.network, token: row.given ? fresh : GIVEN_TOKEN };
}

/** What an agent says in a heartbeat (POST /v1/heartbeat/{node}). */
export interface AgentHeartbeat {
  readonly nodeUuid: string;
  readonly token: string | null | undefined;
  readonly callbackUrl: string;
  readonly verifyCa: string | null | undefined;
  readonly agentVersion: string | null | undefined;
}

/** What follows from a heartbeat: the API signals the node's workflow when it is awaited. */
export interface HeardAgent {
  readonly bootId: string;
  readonly awaited: boolean;
}

/**
 * Stores a heartbeat of the agent that holds the token. Address and certificate are those of the first
 * heartbeat of a boot; another one is refused, so that a stolen token can't redirect Anneal.
 * @throws BareMetalError `AgentTokenInvalid` (no agent booted, no or wrong token), `InvalidParameterValue`
 */
export async function recordHeartbeat(db: Queryable, heartbeat: AgentHeartbeat): Promise<HeardAgent> {
  const session = isUuid(heartbeat.nodeUuid) ? await getAgentSession(db, heartbeat.nodeUuid) : undefined;
  if (!tokensMatch(session?.token, heartbeat.token)) throw tokenInvalid(heartbeat, session);
  const { callbackUrl, verifyCa } = checkCallback(heartbeat);
  const { rows } = await db.query<{ boot_id: string; awaited: boolean }>(
    `update agent_sessions set callback_url = $3::text, verify_ca = $4::text, agent_version = $5::text,
       first_heartbeat_at = coalesce(first_heartbeat_at, now()), last_heartbeat_at = now()
     where node_uuid = $1::uuid and boot_id = $2::text
       and coalesce(callback_url, $3::text) = $3::text and coalesce(verify_ca, $4::text) = $4::text
     returning boot_id, awaited`,
    [heartbeat.nodeUuid, session?.bootId, callbackUrl, verifyCa, heartbeat.agentVersion ?? null],
  );
  const [row] = rows;
  if (row === undefined) {
    throw new BareMetalError(
      'InvalidParameterValue',
      `callback_url: the agent of node ${heartbeat.nodeUuid} called from ${callbackUrl}, but this boot's agent announced ${session?.callbackUrl ?? 'another address'} and its certificate before; boot the agent again`,
    );
  }
  return { bootId: row.boot_id, awaited: row.awaited };
}

/** Compares in constant time; lengths are hidden by hashing both. */
function tokensMatch(expected: string | null | undefined, given: string | null | undefined): boolean {
  if (!expected || !given) return false;
  return timingSafeEqual(createHash('sha256').update(expected).digest(), createHash('sha256').update(given).digest());
}

function tokenInvalid({ nodeUuid, token }: AgentHeartbeat, session: AgentSession | undefined): BareMetalError {
  const wrong = 'the agent token is not the one that lookup handed out for this boot';
  const tokenReason = token ? wrong : 'an agent token is required, and none was sent';
  const reason = session ? tokenReason : 'no operation booted an agent on it';
  return new BareMetalError('AgentTokenInvalid', `Heartbeat for node ${nodeUuid} refused: ${reason}`);
}

function checkCallback({ callbackUrl, verifyCa }: AgentHeartbeat): { callbackUrl: string; verifyCa: string } {
  if (!URL.canParse(callbackUrl) || new URL(callbackUrl).protocol !== 'https:') {
    throw new BareMetalError('InvalidParameterValue', `callback_url: expected an https URL, got ${callbackUrl}`);
  }
  if (!verifyCa?.includes('-----BEGIN CERTIFICATE-----')) {
    const message = 'agent_verify_ca: expected the PEM certificate of the agent (API 1.68), got none';
    throw new BareMetalError('InvalidParameterValue', message);
  }
  return { callbackUrl, verifyCa };
}

function oneSession(rows: readonly AgentSessionRow[], nodeUuid: string): AgentSession {
  const [row] = rows;
  if (row === undefined)
    throw new BareMetalError('InternalError', `The agent session of node ${nodeUuid} was not stored`);
  return rowToSession(row);
}

/** The one crossing from SQL's names to the code's. */
function rowToSession(row: AgentSessionRow): AgentSession {
  return {
    nodeUuid: row.node_uuid,
    bootId: row.boot_id,
    network: row.network,
    poweredOnAt: row.powered_on_at,
    token: row.token,
    tokenGivenAt: row.token_given_at,
    callbackUrl: row.callback_url,
    verifyCa: row.verify_ca,
    agentVersion: row.agent_version,
    firstHeartbeatAt: row.first_heartbeat_at,
    lastHeartbeatAt: row.last_heartbeat_at,
    awaited: row.awaited,
  };
}
