import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stat } from 'node:fs/promises';
import { NETWORKS, RELAYED_API_PORT, RELAYED_TEMPORAL_PORT } from './layout.ts';
import type { NetworkName } from './layout.ts';
import { LabError } from './errors.ts';
import { inNamespace } from './namespaces.ts';
import { spawnDaemon } from './processes.ts';
import type { ProcessRecord } from './processes.ts';
import type { LabState } from './state.ts';
import type { LabBuilder } from './supervise.ts';

const waitForSocket = async (path: string): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await stat(path).then(
        (info) => info.isSocket(),
        () => false,
      )
    )
      return;
    await sleep(50);
  }
  throw new LabError(`The relay socket ${path} didn't appear; see the relay's log.`);
};

const listenUnix = (path: string): string => `UNIX-LISTEN:${path},fork,unlink-early,mode=600`;
const listenTcp = (address: string, port: number): string => `TCP4-LISTEN:${port},bind=${address},fork,reuseaddr`;

/** One relay from inside the lab to a port of the host's loopback: two socats that meet at a unix socket. */
const relayOut = async (
  builder: LabBuilder,
  name: string,
  hostPort: number,
  inside: readonly (readonly [string, number])[],
): Promise<void> => {
  const lab = builder.state;
  const socket = join(lab.socketDirectory, `${name}.sock`);
  await builder.ensureProcess(`relay-${name}`, ['socat', listenUnix(socket), `TCP4:127.0.0.1:${hostPort}`]);
  await waitForSocket(socket);
  for (const [address, port] of inside) {
    const argv = ['socat', listenTcp(address, port), `UNIX-CONNECT:${socket}`];
    await builder.ensureProcess(`relay-${name}-${address}`, inNamespace(lab, argv));
  }
};

/** Lets what runs in the lab reach the host's Temporal server, and the agents the host's API. */
export const ensureRelays = async (builder: LabBuilder): Promise<void> => {
  const { temporal, api } = builder.state.hostPorts;
  await relayOut(builder, 'temporal', temporal, [['127.0.0.1', RELAYED_TEMPORAL_PORT]]);
  await relayOut(builder, 'api', api, [
    [NETWORKS.provisioning.address, RELAYED_API_PORT],
    [NETWORKS.cleaning.address, RELAYED_API_PORT],
  ]);
};

/** A web server of a machine on a tenant's network, made visible on the host. */
export interface TenantRelay {
  /** Port of the host's 127.0.0.1. */
  readonly hostPort: number;
  readonly network: NetworkName;
  /** The machine's address on that network. */
  readonly address: string;
  readonly port: number;
}

/**
 * Makes `http://127.0.0.1:<hostPort>` reach the machine by way of the tenant's host, as nothing else
 * could: there is no routing out of a lab. Gives the two processes; end them by `stopProcess`.
 */
export const openTenantRelay = async (lab: LabState, relay: TenantRelay): Promise<ProcessRecord[]> => {
  const socket = join(lab.socketDirectory, `tenant-${relay.hostPort}.sock`);
  const log = join(lab.directory, 'log', `tenant-relay-${relay.hostPort}.log`);
  const { namespace } = lab.networks[relay.network];
  const target = `TCP4:${relay.address}:${relay.port},connect-timeout=5`;
  const inside = await spawnDaemon(inNamespace(lab, ['socat', listenUnix(socket), target], namespace), log);
  await waitForSocket(socket);
  const outside = await spawnDaemon(['socat', listenTcp('127.0.0.1', relay.hostPort), `UNIX-CONNECT:${socket}`], log);
  return [inside, outside];
};
