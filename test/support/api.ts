import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { pino, type Logger } from 'pino';
import { createApp } from '../../api/app.ts';
import { readConfig } from '../../api/config.ts';
import { registerWorker, type HardwareTypeFacts } from '../../db/workers.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';

/** One answer of the API under test. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // Bodies are looked into by the tests, member by member.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  readonly text: string;
}

/** How one request of a test differs from the usual: newest version, no credentials. */
export interface RequestOptions {
  readonly version?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The front-end on a free port, with a database of its own. */
export interface TestApi {
  readonly url: string;
  readonly database: TestDatabase;
  /** What it asks Temporal with. */
  readonly temporal: Client;
  request(method: string, path: string, options?: RequestOptions): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** What a worker with fake hardware says of itself. */
export const FAKE_HARDWARE: HardwareTypeFacts = {
  name: 'fake-hardware',
  interfaces: {
    boot: ['fake'],
    deploy: ['fake'],
    inspect: ['fake', 'no-inspect'],
    management: ['fake'],
    network: ['noop', 'fake'],
    power: ['fake'],
    vendor: ['fake', 'no-vendor'],
  },
  properties: { fake_delay: 'Seconds that each call takes. Optional.' },
  required: {},
  vendorMethods: {
    fake: {
      sync_method: { description: '', httpMethods: ['POST'], isAsync: false, needsLock: true, required: {} },
    },
  },
  supportedBootDevices: ['pxe', 'disk'],
  usesAgent: false,
};

/** What a worker with IPMI says of itself. */
export const IPMI: HardwareTypeFacts = {
  name: 'ipmi',
  interfaces: {
    boot: ['ipxe'],
    deploy: ['direct'],
    inspect: ['agent'],
    management: ['ipmitool'],
    network: ['switch', 'noop'],
    power: ['ipmitool'],
  },
  properties: { ipmi_address: 'Address of the BMC. Required.', ipmi_password: 'Password. Optional.' },
  required: { power: ['ipmi_address'], management: ['ipmi_address'] },
  supportedBootDevices: ['pxe', 'disk', 'cdrom', 'bios', 'safe'],
  usesAgent: true,
};

/**
 * Starts the API with a database of its own and a registered worker.
 * @param options.database that of another one, when two processes serve the same
 * @param options.log what the API writes its log to; by default nothing
 * @param options.temporalAddress where Temporal is; by default nowhere, so that a test that needs it fails
 */
export async function startTestApi(
  options: {
    env?: Readonly<Record<string, string>>;
    log?: Logger;
    temporalAddress?: string;
    registersWorker?: boolean;
    database?: TestDatabase;
  } = {},
): Promise<TestApi> {
  const database = options.database ?? (await createTestDatabase());
  const fakeWorker = { hostname: 'worker-1', conductorGroup: '', hardwareTypes: [FAKE_HARDWARE, IPMI] };
  if (options.registersWorker !== false) {
    await registerWorker(database.pool, fakeWorker);
    // No process says again and again that this worker lives.
    await database.pool.query(`update workers set seen_at = now() + interval '1 hour'`);
  }
  const connection = Connection.lazy({ address: options.temporalAddress ?? '127.0.0.1:1' });
  const config = readConfig({ DATABASE_URL: database.url, ...options.env });
  const temporal = new Client({ connection, namespace: config.TEMPORAL_NAMESPACE });
  const app = createApp({ db: database.pool, temporal, config, log: options.log ?? pino({ level: 'silent' }) });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    database,
    temporal,
    request: (method, path, request) => send(url, { method, path, ...request }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await connection.close();
      if (options.database === undefined) await database.close();
    },
  };
}

async function send(url: string, request: RequestOptions & { method: string; path: string }): Promise<ApiAnswer> {
  const { method, path, body, version = '1.115', headers } = request;
  const response = await fetch(url + path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(version === null ? {} : { 'X-OpenStack-Ironic-API-Version': version }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('Content-Type') === 'application/json' && text !== '';
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

/** The sentence of an error in either of Ironic's shapes. */
export function faultOf(answer: ApiAnswer): string {
  const inner = JSON.parse(answer.body.error_message) as { faultstring?: string; description?: string };
  return inner.faultstring ?? inner.description ?? '';
}
