import { startStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';

/** The service that the clients are tried against. */
export interface Target {
  readonly url: string;
  /** What a node needs so that a worker of the tests serves it. */
  readonly nodeFields: Readonly<Record<string, string>>;
  /** Waits until the node is in the state, for verbs on which no client waits. */
  awaitState(node: string, state: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Anneal (API, worker, Temporal, PostgreSQL). With ANNEAL_COMPAT_ENDPOINT what serves there instead: the same tests
 * against real Ironic show that they ask for what Ironic does.
 */
export async function startTarget(): Promise<Target> {
  const url = process.env['ANNEAL_COMPAT_ENDPOINT'];
  if (url !== undefined) {
    const awaitState = (node: string, state: string) => untilIn(url, node, state);
    return { url, nodeFields: {}, awaitState, close: () => Promise.resolve() };
  }
  const stack = await startStack();
  return {
    url: stack.url,
    nodeFields: { conductor_group: stack.site },
    awaitState: (node, state) => untilIn(stack.url, node, state),
    close: () => stack.close(),
  };
}

async function untilIn(url: string, node: string, state: string): Promise<void> {
  let seen: { provision_state?: string; last_error?: string | null } = {};
  const otherwise = () => `"${state}"; ${node} is "${seen.provision_state}", its last_error: ${seen.last_error}`;
  await until(otherwise, async () => {
    const headers = { 'x-openstack-ironic-api-version': '1.90' };
    seen = (await (await fetch(`${url}/v1/nodes/${node}`, { headers })).json()) as typeof seen;
    return seen.provision_state === state;
  });
}
