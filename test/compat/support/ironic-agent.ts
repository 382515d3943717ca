import { openSession } from './session.ts';

type Answer = { readonly value: unknown } | { readonly error: string };

/** What lookup tells an agent, as far as the tests look at it. */
export interface LookedUp {
  readonly node: { readonly uuid: string };
  readonly config: { readonly agent_token: string; readonly heartbeat_timeout: number };
}

/** The API client inside ironic-python-agent 13.0.0. @throws Error with the agent's exception, from each call */
export interface IronicAgent {
  lookup(addresses: readonly string[], nodeUuid?: string): Promise<LookedUp>;
  /** Posts what an inspection found. */
  inspect(data: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Says where the agent listens, with the token of the last lookup. */
  heartbeat(nodeUuid: string, listens: { url: string; certificate: string }): Promise<unknown>;
  close(): void;
}

/** Opens it for an API at `url`. */
export function openIronicAgent(url: string): IronicAgent {
  const session = openSession('agent-session.py', { ANNEAL_URL: url });
  const call = async (name: string, words: Readonly<Record<string, unknown>>) => {
    const answer = (await session.ask({ call: name, arguments: words })) as Answer;
    if ('error' in answer) throw new Error(answer.error);
    return answer.value;
  };
  return {
    lookup: async (addresses, nodeUuid) =>
      (await call('lookup', { addresses, ...(nodeUuid !== undefined && { node_uuid: nodeUuid }) })) as LookedUp,
    inspect: (data) => call('inspect', { data }),
    heartbeat(nodeUuid, { url: listens, certificate }) {
      const { hostname: host, port } = new URL(listens);
      return call('heartbeat', { node_uuid: nodeUuid, host, port: Number(port), certificate });
    },
    close: () => session.close(),
  };
}
