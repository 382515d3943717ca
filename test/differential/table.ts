/** One request, sent to real Ironic and to Anneal at each of its versions; the answers are compared. */
export interface Ask {
  /** Method and path with query, as `GET /v1/nodes?limit=1`. Here and in the body `{alpha}` stands for the id of that project. */
  readonly send: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS'} /${string}`;
  /** Versions of the API to ask at, as the header has them; `none` sends no header. Default: the newest. */
  readonly at?: readonly string[];
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who asks, where the servers ask for tokens (people.ts). */
  readonly as?: string;
  /** Afterwards both are given the time to bring this node to rest in this state, Anneal perhaps in one of its own. */
  readonly until?: { readonly node: string; readonly state: string; readonly anneal?: string };
  /** Afterwards these columns of these nodes are set on both sides by hand; `<conductor>` stands for the server's own. */
  readonly put?: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  /** Compares the sentences of errors too, word for word: where clients read them. */
  readonly texts?: 'same' | 'any';
}

/**
 * Requests about one resource, in the order in which they are sent. Both servers keep what earlier requests of the
 * table made; after the table all collections are emptied.
 */
export interface Table {
  readonly name: string;
  readonly asks: readonly Ask[];
}

/** Versions at which clients ask, or at which much came; the newest last. */
export const VERSIONS: readonly string[] =
  'none 1.1 1.5 1.11 1.22 1.34 1.46 1.52 1.61 1.78 1.89 1.95 1.109 latest'.split(' ');

/** Versions that nobody serves, and what is no version. */
export const WRONG_VERSIONS: readonly string[] = ['1.0', '1.116', '2.0', '0.9', 'newest', '1', '1.x', '1.1.1', '-1.1'];

/** The last version without something that came with version 1.`minor`, and the first with it. */
export const around = (minor: number): readonly string[] => [`1.${minor - 1}`, `1.${minor}`];

/** Operations of a JSON patch. */
export const patch = {
  set: (path: string, value: unknown) => ({ op: 'replace', path, value }),
  add: (path: string, value: unknown) => ({ op: 'add', path, value }),
  remove: (path: string) => ({ op: 'remove', path }),
} as const;
