import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import { createPool } from '../../db/pool.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { destroyLab } from '../../lab/lab.ts';
import { runInNamespace } from '../../lab/namespaces.ts';
import type { NetworkName } from '../../lab/layout.ts';
import type { LabNode } from '../../lab/state.ts';
import { findTemporalCli } from '../../scripts/setup/temporal-cli.ts';
import { startLabStack, type LabStack } from '../../scripts/stack/lab-stack.ts';
import { freeLowPorts } from '../../scripts/stack/ports.ts';
import { connectClient } from '../../temporal/client.ts';
import { openBaremetal, type Baremetal } from '../compat/support/baremetal.ts';
import { until } from '../support/until.ts';

/** What the API shows of a node, as far as these tests look at it. */
export interface NodeView {
  readonly uuid: string;
  readonly provision_state: string;
  readonly power_state: string | null;
  readonly reservation: string | null;
  readonly last_error: string | null;
  readonly clean_step: { readonly step?: string };
  readonly deploy_step: { readonly step?: string };
  readonly [field: string]: unknown;
}

/** Longer than any operation in a lab on a busy machine. */
const PATIENCE = { patienceMs: 15 * 60_000, everyMs: 400 };
/** A token lives for one boot; the tests keep each, to look for them at the end. */
const NOTE_TOKENS = `
  create table test_tokens (token text primary key, node_uuid uuid not null);
  create function note_token() returns trigger language plpgsql as $$ begin
    insert into test_tokens values (new.token, new.node_uuid) on conflict do nothing;
    return new;
  end $$;
  create trigger note_token after insert or update on agent_sessions
    for each row when (new.token is not null) execute function note_token();`;

/** All of Anneal round a lab with machines: what `npm start` runs, with the command line client as its only user. */
export class LabSite {
  readonly stack: LabStack;
  readonly pool: pg.Pool;
  readonly temporal: Client;
  readonly #closers: (() => Promise<unknown> | void)[] = [];

  private constructor(stack: LabStack, temporal: Client) {
    this.stack = stack;
    this.temporal = temporal;
    this.pool = createPool(stack.databaseUrl, { maxConnections: 2 });
    this.#closers.push(() => this.pool.end());
  }

  /** Brings up a lab of that name with two machines, and the services. */
  static async open(name: string, workerEnv: Readonly<Record<string, string>> = {}): Promise<LabSite> {
    if (process.getuid?.() !== 0) throw new Error('The lab tests need root: run them by sudo.');
    const temporalCli = await findTemporalCli();
    if (temporalCli === undefined) throw new Error('The lab tests need the Temporal CLI: run `npm run setup -- ci`.');
    const folder = await mkdtemp(join(tmpdir(), 'anneal-site-'));
    // Root's PostgreSQL runs as the user postgres, who must be able to walk in.
    await chmod(folder, 0o755);
    process.env['ANNEAL_LAB_DIRECTORY'] = join(folder, 'lab');
    const [api = 0, temporal = 0] = await freeLowPorts(2);
    const stack = await startLabStack({
      folder,
      temporalCli,
      ports: { api, temporal },
      env: { ANNEAL_LOG_LEVEL: 'info' },
      workerEnv: { ANNEAL_IMAGE_FOLDERS: folder, ...workerEnv },
      lab: { name, nodes: 2 },
    }).catch(async (error: unknown) => {
      // The logs stay, to be read.
      await destroyLab(name, { purge: true });
      throw error;
    });
    const settings = { address: stack.temporalAddress, namespace: 'default', payloadKey: undefined };
    const { client, connection } = await connectClient(settings);
    const site = new LabSite(stack, client);
    await site.pool.query(NOTE_TOKENS);
    site.#closers.push(
      () => connection.close(),
      () => stack.stop(),
      () => destroyLab(name, { purge: true }),
      () => rm(folder, { recursive: true, force: true }),
    );
    return site;
  }

  /** A folder whose files the worker may read as images. */
  get imageFolder(): string {
    return dirname(process.env['ANNEAL_LAB_DIRECTORY'] ?? '');
  }

  /** A session of the `baremetal` command; commands of one session run one after the other. */
  baremetal(): Baremetal {
    const session = openBaremetal(this.stack.apiUrl);
    this.#closers.unshift(() => session.close());
    return session;
  }

  /** The machine with this number, from 1. */
  machine(number: number): LabNode {
    const machine = this.stack.lab.nodes[number - 1];
    if (machine === undefined) throw new Error(`The lab has no machine ${number}.`);
    return machine;
  }

  async node(name: string): Promise<NodeView> {
    return await this.get<NodeView>(`/v1/nodes/${name}`);
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.stack.apiUrl + path, { headers: { 'x-openstack-ironic-api-version': '1.95' } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Waits until the node satisfies `is`; an operation that ends badly meanwhile ends the waiting. */
  async until(name: string, what: string, is: (node: NodeView) => boolean): Promise<NodeView> {
    let node = await this.node(name);
    const otherwise = () => `${what} of ${name}; it is "${node.provision_state}"`;
    const look = async () => {
      // The api is away for a moment when a test has killed it.
      node = await this.node(name).catch(() => node);
      if (is(node)) return node;
      if (node.reservation === null && /failed$|^error$/.test(node.provision_state))
        throw new Error(`${name}, waited for ${what}: "${node.provision_state}": ${node.last_error}`);
      return undefined;
    };
    return await until(otherwise, look, PATIENCE);
  }

  /** Waits until no operation runs on the node, and gives how it is then. */
  async settled(name: string): Promise<NodeView> {
    const look = async () => {
      const node = await this.node(name);
      return node.reservation === null && node;
    };
    return await until(`an end of the work on ${name}`, look, PATIENCE);
  }

  /** Ends one of Anneal's processes with SIGKILL and waits until its successor serves. */
  async kill(name: string): Promise<void> {
    const target = this.stack.processes.get(name);
    if (target === undefined) throw new Error(`the stack has no process "${name}"`);
    const before = target.pid();
    target.kill();
    while (target.pid() === before) await sleep(20);
    await target.ready();
  }

  /** What the running workflow of a node shows of itself. */
  async operation(nodeUuid: string) {
    return await this.temporal.workflow.getHandle(nodeWorkflowId(nodeUuid)).describe();
  }

  /** The tokens of a machine's agents so far: secrets that must be found nowhere. */
  async agentTokens({ uuid }: LabNode): Promise<string[]> {
    const { rows } = await this.pool.query<{ token: string }>(
      'select token from test_tokens where node_uuid = $1::uuid',
      [uuid],
    );
    return rows.map(({ token }) => token);
  }

  /** Runs a program where the worker runs, or on the host of a network. */
  async inside(argv: readonly string[], network?: NetworkName): Promise<string> {
    const { lab } = this.stack;
    return await runInNamespace(lab, argv, network && lab.networks[network].namespace);
  }

  /** What a web server answers to the host of a network, or undefined when it isn't reached. */
  async page(network: NetworkName, address: string): Promise<string | undefined> {
    return await this.inside(['curl', '-sf', '--max-time', '3', `http://${address}/`], network).catch(() => undefined);
  }

  async close(): Promise<void> {
    for (const close of this.#closers) await close();
    delete process.env['ANNEAL_LAB_DIRECTORY'];
  }
}
