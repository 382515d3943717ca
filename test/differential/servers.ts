import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { startSmallIronic } from '../../scripts/bench/ironic.ts';
import { startStack } from '../support/stack.ts';
import type { RawAnswer } from './normalise.ts';
import type { People } from './people.ts';
import type { Ask } from './table.ts';
import { until } from '../support/until.ts';

/** A server under comparison. */
export interface Server {
  readonly name: 'ironic' | 'anneal';
  readonly origin: string;
  readonly conductor: string;
  /** Runs statements on the server's database. */
  sql(statements: string): Promise<unknown>;
  /** Where tokens are asked for. */
  readonly people?: People;
}

/** Real Ironic and Anneal, each with fake hardware and one conductor of the default conductor group. */
export interface Servers {
  readonly ironic: Server;
  readonly anneal: Server;
  stop(): Promise<void>;
}

const HOST = 'ironic-conductor';

/** Starts both; nothing is shared between them but who may ask, if anybody is asked who they are. */
export async function startServers(people?: People): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-differential-'));
  const ironic = await startSmallIronic(folder, HOST, people?.ofIronic);
  const stack = await startStack(people?.ofAnneal, { ANNEAL_SITE: '', ANNEAL_HARDWARE_TYPES: 'fake-hardware' }).catch(
    async (error: unknown) => {
      await ironic.stop();
      throw error;
    },
  );
  return {
    ironic: { name: 'ironic', origin: ironic.apiUrl, conductor: HOST, sql: ironic.sql, ...(people && { people }) },
    anneal: {
      name: 'anneal',
      origin: stack.url,
      conductor: 'test-worker',
      sql: (statements) => stack.database.pool.query(statements),
      ...(people && { people }),
    },
    async stop() {
      await Promise.all([ironic.stop(), stack.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const REQUEST_TIMEOUT_MS = 60_000;
/** A connection for each request: Ironic closes some after a fault of its own, without saying so before. */
const dispatcher = new Agent({ pipelining: 0 });

/** Sends one request to one server. */
export async function ask(server: Server, { as, ...asked }: Ask, version: string): Promise<RawAnswer> {
  const { people } = server;
  const { send, body, headers } = people === undefined ? asked : people.name(asked);
  const space = send.indexOf(' ');
  const response = await fetch(server.origin + send.slice(space + 1), {
    method: send.slice(0, space),
    redirect: 'manual',
    dispatcher,
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    headers: {
      Accept: 'application/json',
      ...(version === 'none' ? {} : { 'X-OpenStack-Ironic-API-Version': version }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...people?.headersOf(as),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Waits until a node is in a state and nothing works on it. @throws Error with its last_error when it isn't in time */
export async function untilAtRest(server: Server, { node, ...wanted }: NonNullable<Ask['until']>): Promise<void> {
  const state = server.name === 'anneal' ? (wanted.anneal ?? wanted.state) : wanted.state;
  const fields = 'provision_state,power_state,target_power_state,reservation,last_error';
  let seen = '';
  await until(
    () => `node ${node} of ${server.name} at rest in "${state}" but ${seen}`,
    async () => {
      seen = (await ask(server, { send: `GET /v1/nodes/${node}?fields=${fields}` }, 'latest')).text;
      const found = JSON.parse(seen) as Record<string, unknown>;
      const isThere = found['provision_state'] === state || found['power_state'] === state;
      return isThere && found['reservation'] === null && found['target_power_state'] === null;
    },
  );
}

/** Sets columns of nodes, each by its name, whatever they have been through. */
export async function putInto(server: Server, nodes: NonNullable<Ask['put']>): Promise<void> {
  const statements = Object.entries(nodes).map(([name, columns]) => {
    const values = Object.entries(columns).map(
      ([column, value]) => `${column} = ${value === null ? 'null' : `'${value}'`}`,
    );
    return `update nodes set ${values.join(', ')} where name = '${name}'`;
  });
  await server.sql(statements.join(';\n').replaceAll('<conductor>', server.conductor));
}

/** Collections that tables fill, in an order in which they can be emptied. */
const COLLECTIONS = ['allocations', 'nodes', 'chassis', 'deploy_templates', 'runbooks', 'inspection_rules'];

/** Removes all that a table left behind, so that the next one begins with nothing on either side. */
export async function empty(server: Server): Promise<void> {
  for (const collection of COLLECTIONS) {
    // Parts of nodes are listed only when they are asked for.
    const all = collection === 'nodes' ? '?include_children=true' : '';
    const { status, text } = await ask(server, { send: `GET /v1/${collection}${all}` }, 'latest');
    if (status !== 200) continue;
    const rows = (JSON.parse(text) as Record<string, Record<string, string>[]>)[collection] ?? [];
    for (const row of rows.toReversed()) await remove(server, collection, row['uuid'] ?? '');
  }
}

async function remove(server: Server, collection: string, id: string): Promise<void> {
  if (collection === 'nodes') {
    const open = [{ op: 'replace', path: '/protected', value: false }];
    await ask(server, { send: `PATCH /v1/nodes/${id}`, body: open }, 'latest');
    await ask(server, { send: `PUT /v1/nodes/${id}/maintenance`, body: {} }, 'latest');
  }
  const { status, text } = await ask(server, { send: `DELETE /v1/${collection}/${id}` }, 'latest');
  if (status !== 204) throw new Error(`${server.name}: ${collection}/${id} is not removed: ${status} ${text}`);
}
