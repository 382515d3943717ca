/** One figure of the bench, printed as a JSON line. */
export interface Figure {
  readonly bench: 'latency' | 'sweep' | 'memory';
  readonly client: string;
  readonly sessions: 'new' | 'kept';
  readonly target: string;
  readonly network?: string;
  readonly inFlight?: number;
  readonly p50Ms?: number;
  readonly perSecond?: number;
  readonly failures?: number;
  readonly rssMib?: number;
}

/** What is to be reached, and how the figures stand to it. */
export interface Bar {
  readonly bar: string;
  readonly wanted: string;
  readonly figure: number;
  readonly reached: boolean;
}

/** Least share of go-ipmi's rate on each network. */
const LEAST_OF_GO: Readonly<Record<string, number>> = { '0 ms': 0.5, '10 ms': 1, '10 ms, 5 % loss': 5 };
const LATENCY_MS = { new: 1, kept: 0.1 } as const;
const MEMORY_MIB = 64;

const atMost = (bar: string, limit: number, figure: number): Bar => ({
  bar,
  wanted: `≤ ${limit}`,
  figure,
  reached: figure <= limit,
});

/** Holds our figures against the bars; a rival that was not measured leaves its bars out. */
export function bars(figures: readonly Figure[]): Bar[] {
  return figures.filter(({ client }) => client === 'ipmi-js').flatMap((mine) => barsOf(mine, figures));
}

function barsOf(mine: Figure, figures: readonly Figure[]): Bar[] {
  const { bench, sessions, network = '', inFlight, target } = mine;
  if (bench === 'latency')
    return [atMost(`${sessions} session, p50 ms, ${target}`, LATENCY_MS[sessions], mine.p50Ms ?? 0)];
  if (bench === 'memory') return [atMost('kept sessions, MiB over idle', MEMORY_MIB, mine.rssMib ?? 0)];
  const theirs = figures.find(
    (one) =>
      one.bench === bench &&
      one.client === 'go-ipmi' &&
      one.sessions === sessions &&
      one.network === network &&
      one.inFlight === inFlight &&
      one.target === target,
  );
  const name = `${network}, ${sessions}, ${inFlight} in flight, ${target}`;
  const failures = atMost(`failures, ${name}`, 0, mine.failures ?? 0);
  const least = LEAST_OF_GO[network];
  if (theirs?.perSecond === undefined || least === undefined) return [failures];
  const ratio = Math.round((100 * (mine.perSecond ?? 0)) / theirs.perSecond) / 100;
  return [failures, { bar: `times go-ipmi, ${name}`, wanted: `≥ ${least}`, figure: ratio, reached: ratio >= least }];
}
