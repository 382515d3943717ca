import { endpointWithoutAuth, openSession } from './session.ts';

/** What a call gave: a value, or the exception's class and text. */
type Answer = { readonly value: unknown } | { readonly error: string };

/** openstacksdk against one endpoint: its methods called by name, resources as plain objects. */
export interface OpenstackSdk {
  /**
   * Calls a method of the bare metal proxy, or of the cloud layer when the name begins with `cloud.`.
   * @throws Error with the exception's class and text
   */
  call<T = Record<string, unknown>>(method: string, ...words: readonly unknown[]): Promise<T>;
  close(): void;
}

/** Named arguments of a call; put last. */
export class Options {
  readonly named: Readonly<Record<string, unknown>>;
  constructor(named: Readonly<Record<string, unknown>>) {
    this.named = named;
  }
}

/** Named arguments: `call('create_node', options({ driver: 'fake-hardware' }))`. */
export const options = (named: Readonly<Record<string, unknown>>): Options => new Options(named);

/** Opens it for an API at `url`. */
export function openOpenstackSdk(url: string): OpenstackSdk {
  const session = openSession('openstacksdk-session.py', endpointWithoutAuth(url));
  return {
    async call<T>(method: string, ...words: readonly unknown[]) {
      const last = words.at(-1);
      const named = last instanceof Options ? last.named : {};
      const args = last instanceof Options ? words.slice(0, -1) : words;
      const answer = (await session.ask({ method, args, named })) as Answer;
      if ('error' in answer) throw new Error(`${method}: ${answer.error}`);
      return answer.value as T;
    },
    close: () => session.close(),
  };
}
