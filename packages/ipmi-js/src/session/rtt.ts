import { isIPv4 } from 'node:net';

/** Settings of {@link RoundTrip}. */
export interface RoundTripOptions {
  /** Wait before anything was measured, here or on the way to a neighbour. */
  readonly firstMs: number;
  /** Source of jitter, 0 ≤ x < 1. */
  readonly chance: () => number;
}

const FLOOR_MS = 100;
const CEILING_MS = 5_000;
const JITTER = 0.1;

const smooth = (before: number | undefined, ms: number): number =>
  before === undefined ? ms : before * 0.875 + ms * 0.125;

/** Round trips to all BMCs of one network: what to expect of one that was never spoken to. */
export class Neighbourhood {
  #smoothedMs: number | undefined;

  get ms(): number | undefined {
    return this.#smoothedMs;
  }

  measured(ms: number): void {
    this.#smoothedMs = smooth(this.#smoothedMs, ms);
  }
}

/** The neighbourhoods that a client speaks to: BMCs with a /24 (IPv4) or /64 (IPv6) in common. */
export class Neighbourhoods {
  readonly #known = new Map<string, Neighbourhood>();

  of(address: string): Neighbourhood {
    const network = networkOf(address);
    const known = this.#known.get(network) ?? new Neighbourhood();
    this.#known.set(network, known);
    return known;
  }
}

/** Addresses in canonical form; two networks of zeros may fall together, which costs a guess its sharpness only. */
function networkOf(address: string): string {
  if (isIPv4(address)) return address.slice(0, address.lastIndexOf('.'));
  const [head = ''] = address.split('::');
  return head.split(':', 4).join(':');
}

/** Measures round trips to one BMC and says how long to wait for the next answer. */
export class RoundTrip {
  readonly #firstMs: number;
  readonly #chance: () => number;
  #smoothedMs: number | undefined;
  #neighbours: Neighbourhood | undefined;

  constructor(options: RoundTripOptions) {
    this.#firstMs = options.firstMs;
    this.#chance = options.chance;
  }

  /** Smoothed round trip; undefined before the first answer. */
  get ms(): number | undefined {
    return this.#smoothedMs;
  }

  /** Shares what is measured with neighbours, and begins with what they measured. */
  join(neighbours: Neighbourhood): void {
    this.#neighbours = neighbours;
  }

  /** Notes the round trip of an exchange that was sent once (Karn's rule). */
  measured(ms: number): void {
    this.#smoothedMs = smooth(this.#smoothedMs, ms);
    this.#neighbours?.measured(ms);
  }

  /** Wait for try 0, 1, 2 …: four round trips, at least 100 ms, doubling to 5 s, up to 10 % more by chance. */
  waitMs(attempt: number): number {
    const expected = this.#smoothedMs ?? this.#neighbours?.ms;
    const first = expected === undefined ? this.#firstMs : Math.max(FLOOR_MS, 4 * expected);
    const wait = Math.min(CEILING_MS, first * 2 ** attempt);
    return Math.ceil(wait * (1 + JITTER * this.#chance()));
  }
}
