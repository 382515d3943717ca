import { setTimeout as sleep } from 'node:timers/promises';
import { UNDO_FAILURE } from '../../domain/node.ts';
import { isTransient, type ProvisionState } from '../../domain/provision-states.ts';
import { isPassing, type ApiClient, type NodeView } from './api-client.ts';
import type { Track } from './display.ts';

const POLL_MS = 500;
const ASK_FOR_MS = 90_000;
/** Longer than any deadline of a transient state in a lab: the journey is never the one that gives up first. */
const LIMIT_MS = 60 * 60_000;
const ENDED_BADLY = /failed$|^error$/;

/** Asks for a provision state and waits for the operation's end. @throws Error with the node's own last error */
export async function provision(
  api: ApiClient,
  node: string,
  request: { readonly target: string; readonly [argument: string]: unknown },
  track?: Track,
): Promise<NodeView> {
  const before = await api.get<NodeView>(`/v1/nodes/${node}`);
  await ask(api, node, request, before.provision_state);
  return await settle(api, node, track, before.provision_state);
}

/**
 * Asks until the request is taken. An answer may get lost when a process dies; a node that left its state shows that
 * the request was taken all the same.
 */
async function ask(api: ApiClient, node: string, request: object, from: string): Promise<void> {
  for (const deadline = Date.now() + ASK_FOR_MS; ; await sleep(POLL_MS)) {
    try {
      await api.putOnce(`/v1/nodes/${node}/states/provision`, request);
      return;
    } catch (error) {
      if (!isPassing(error, 'PUT') || Date.now() > deadline) throw error;
      const { provision_state: now } = await api.get<NodeView>(`/v1/nodes/${node}`);
      if (now !== from) return;
    }
  }
}

/** Waits until no operation runs on the node. `left` is a state that the operation has to leave first. */
export async function settle(api: ApiClient, name: string, track?: Track, left?: string): Promise<NodeView> {
  // A claim changes the state before its answer; only a very short operation may be over already.
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const node = await api.get<NodeView>(`/v1/nodes/${name}`);
    track?.detail(describe(node));
    if (isTransient(node.provision_state as ProvisionState)) continue;
    if (ENDED_BADLY.test(node.provision_state) || (node.last_error !== null && node.provision_state === left))
      throw new Error(
        `${node.name ?? name} is in "${node.provision_state}": ${node.last_error ?? 'no reason was given'}`,
      );
    return node;
  }
  throw new Error(`${name} is still at work after ${LIMIT_MS / 60_000} minutes; see its history in the Temporal UI`);
}

/**
 * Gives the node on, unless it is in maintenance to stay: nothing is deployed then, so this is said before the minutes
 * of work that come first.
 * @throws Error with the reason and the way out
 */
export function refuseMaintenance(node: NodeView): NodeView {
  // The next proved cleaning mends it.
  const isMended = node.fault === UNDO_FAILURE && node.provision_state !== 'available';
  if (!node.maintenance || isMended) return node;
  const { name, uuid, fault, maintenance_reason: reason } = node;
  const causes = [fault === null ? '' : `fault "${fault}"`, reason ?? ''].filter((part) => part !== '');
  const why = causes.length === 0 ? '' : ` (${causes.join(': ')})`;
  const way = `baremetal node maintenance unset ${name ?? uuid}`;
  throw new Error(
    `${name ?? uuid} is in maintenance${why}, where nothing is deployed. When it is mended: \`${way}\`, then start again.`,
  );
}

/** What a node is doing in one phrase: state, step, power. */
export function describe(node: NodeView): string {
  const { clean_step: clean, deploy_step: deploy, provision_state: state, power_state: power } = node;
  const step = [clean, deploy].find((one) => one?.step !== undefined);
  return [state, step === undefined ? '' : `step ${step?.interface}.${step?.step}`, power ?? '']
    .filter((part) => part !== '')
    .join(' · ');
}
