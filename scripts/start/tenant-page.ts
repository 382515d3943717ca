import { setTimeout as sleep } from 'node:timers/promises';
import { openTenantRelay } from '../../lab/lab.ts';
import { runInNamespace } from '../../lab/namespaces.ts';
import { stopProcess, type ProcessRecord } from '../../lab/processes.ts';
import type { NetworkName } from '../../lab/layout.ts';
import type { LabState } from '../../lab/state.ts';
import { freePort } from '../stack/ports.ts';

const PAGE_LIMIT_MS = 5 * 60_000;
const POLL_MS = 1000;

let relays: ProcessRecord[] = [];

/** The page of a deployed machine as the host of `network` sees it, or undefined when nothing answers. */
export async function readPage(lab: LabState, network: NetworkName, address: string): Promise<string | undefined> {
  const curl = ['curl', '-sf', '--max-time', '3', `http://${address}/`];
  return await runInNamespace(lab, curl, lab.networks[network].namespace).catch(() => undefined);
}

/** Waits until the machine's page answers. @throws Error when it doesn't */
export async function awaitPage(lab: LabState, network: NetworkName, address: string): Promise<string> {
  for (const deadline = Date.now() + PAGE_LIMIT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const page = await readPage(lab, network, address);
    if (page !== undefined) return page;
  }
  throw new Error(`http://${address}/ did not answer on ${network} within ${PAGE_LIMIT_MS / 60_000} minutes`);
}

/** Makes the page visible at a port of this machine's loopback, by way of the tenant's host. */
export async function openPage(lab: LabState, network: NetworkName, address: string, port: number): Promise<string> {
  const hostPort = await freePort(port);
  relays = [...relays, ...(await openTenantRelay(lab, { hostPort, network, address, port: 80 }))];
  return `http://127.0.0.1:${hostPort}/`;
}

/** Ends what `openPage` started. */
export async function closeTenantPages(): Promise<void> {
  for (const relay of relays) await stopProcess(relay);
  relays = [];
}
