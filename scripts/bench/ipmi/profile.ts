import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';

/** Where time may go: the first row that fits a frame or one of its callers takes it. */
const PLACES: readonly {
  readonly name: string;
  readonly fits: (frame: Profiler.ProfileNode['callFrame']) => boolean;
}[] = [
  { name: 'waiting', fits: ({ functionName }) => functionName === '(idle)' },
  { name: 'garbage collection', fits: ({ functionName }) => functionName === '(garbage collector)' },
  {
    name: 'kernel and libuv outside JavaScript: poll, receive',
    fits: ({ functionName }) => functionName === '(program)',
  },
  { name: 'node:crypto: HMAC, AES, random', fits: ({ url }) => url.startsWith('node:internal/crypto') },
  { name: 'our pads and ciphers around it', fits: ({ url }) => /session\/(hmac|aes-cbc|integrity|keys)\./.test(url) },
  { name: 'node:dgram: send, with its system call', fits: ({ functionName }) => functionName === 'doSend' },
  { name: 'node:dgram: the rest', fits: ({ url }) => /node:(internal\/)?dgram/.test(url) },
  { name: 'timers', fits: ({ url }) => /node:(internal\/)?timers/.test(url) },
  { name: 'codec: packets and messages', fits: ({ url }) => /\/(codec|commands)\//.test(url) },
  { name: 'session: matching, handshake, waiting', fits: ({ url }) => url.includes('/session/') },
  { name: 'client: turns, pacing, commands', fits: ({ url }) => url.includes('/client/') },
];
const ELSEWHERE = 'elsewhere: promises, buffers, start-up, the bench itself';

/** Shares of the time that a run took, in %, largest first. */
export type Shares = Record<string, number>;

/** Runs `work` under V8's sampling profiler and sorts the samples. */
export async function profile(work: () => Promise<unknown>): Promise<Shares> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  await work();
  const { profile: taken } = await session.post('Profiler.stop');
  session.disconnect();
  return sharesOf(taken);
}

function sharesOf(taken: Profiler.Profile): Shares {
  const nodes = new Map(taken.nodes.map((node) => [node.id, node]));
  const parents = new Map(taken.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  /** Built-in frames belong to who called them. */
  const placeOf = (id: number | undefined): string => {
    const node = id === undefined ? undefined : nodes.get(id);
    if (node === undefined) return ELSEWHERE;
    return PLACES.find(({ fits }) => fits(node.callFrame))?.name ?? placeOf(parents.get(node.id));
  };
  const times = new Map<string, number>();
  let total = 0;
  for (const [at, id] of (taken.samples ?? []).entries()) {
    const time = taken.timeDeltas?.[at] ?? 0;
    const place = placeOf(id);
    times.set(place, (times.get(place) ?? 0) + time);
    total += time;
  }
  const rows = [...times].toSorted(([, a], [, b]) => b - a);
  return Object.fromEntries(rows.map(([place, time]) => [place, Math.round((1000 * time) / total) / 10]));
}
