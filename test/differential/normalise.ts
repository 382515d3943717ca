/** What a server answered, as the comparison sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Headers of the connection, not of the answer. */
const TRANSPORT = new Set(['connection', 'content-length', 'date', 'keep-alive', 'server', 'transfer-encoding']);

/**
 * Members that hold sentences for people: a different wording is a difference of `<field>.wording`, which is accepted
 * everywhere, or of the field itself where a request asks for the same words.
 */
const SENTENCES = new Set(['faultstring', 'description', 'title', 'reason', 'last_error', 'maintenance_reason']);

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00$/;

/** What is known of the two servers and of the requests, so that equal things look equal. */
export interface Surroundings {
  /** Scheme, host and port of the server that answered. */
  readonly origin: string;
  /** Name under which the server's one conductor is registered. */
  readonly conductor: string;
  /** Uuids that the requests themselves name; all others were made by a server. */
  readonly given: ReadonlySet<string>;
  readonly texts: 'same' | 'any';
}

/** Brings an answer into the form in which both servers should give the same. */
export function normalise(raw: RawAnswer, around: Surroundings): Answer {
  const made = new Map<string, string>();
  const text = (value: string): string => RULES.reduce((kept, rule) => rule(kept, around, made), value);
  const headers = [...raw.headers].filter(([name]) => !TRANSPORT.has(name));
  return {
    status: raw.status,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, text(value)])),
    body: normaliseValue(parsed(raw.text), { text, texts: around.texts }),
  };
}

type TextRule = (value: string, around: Surroundings, made: Map<string, string>) => string;

const RULES: readonly TextRule[] = [
  /** Links begin with the address of the server. */
  (value, { origin }) => value.replaceAll(origin, 'http://server'),
  /** Each server has a conductor of its own. */
  (value, { conductor }) => value.replaceAll(conductor, '<conductor>'),
  (value) => value.replaceAll(/\breq-[0-9a-f-]{36}\b/g, '<request id>'),
  (value) => (TIME.test(value) ? '<time>' : value),
  /** Uuids that a server made are numbered by their first appearance in the answer. */
  (value, { given }, made) =>
    value.replaceAll(UUID, (uuid) => {
      if (given.has(uuid)) return uuid;
      made.set(uuid, made.get(uuid) ?? `<uuid ${made.size + 1}>`);
      return made.get(uuid) ?? uuid;
    }),
];

/** JSON, also JSON inside JSON as in Ironic's errors; what is no JSON stays text. */
function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Parameters of a link in the order of their names, and lists in them too: neither means anything. */
function orderedQuery(link: string): string {
  const [path = '', query = ''] = link.split('?');
  const words = [...new URLSearchParams(query)].map(
    ([name, value]) =>
      `${name}=${value
        .split(',')
        .toSorted()
        .join(',')
        .replace(/^(True|False)$/, (word) => word.toLowerCase())}`,
  );
  return `${path}?${words.toSorted().join('&')}`;
}

interface Ways {
  readonly text: (value: string) => string;
  readonly texts: 'same' | 'any';
}

function normaliseValue(value: unknown, ways: Ways): unknown {
  if (typeof value === 'string') return ways.text(value);
  if (Array.isArray(value)) return value.map((inner) => normaliseValue(inner, ways));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [ways.text(name), normaliseMember(name, inner, ways)]),
  );
}

function normaliseMember(name: string, value: unknown, ways: Ways): unknown {
  if (name === 'next' && typeof value === 'string') return ways.text(orderedQuery(value));
  if (name === 'error_message' && typeof value === 'string') return normaliseValue(parsed(value), ways);
  // Ironic keeps the enabled interfaces in a set.
  if (name.startsWith('enabled_') && Array.isArray(value)) return value.map(String).toSorted();
  const isSentence = SENTENCES.has(name) && ways.texts === 'any' && typeof value === 'string';
  return isSentence ? { wording: ways.text(value) } : normaliseValue(value, ways);
}
