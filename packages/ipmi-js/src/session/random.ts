import { randomFillSync } from 'node:crypto';

const POOL_SIZE = 4096;
let pool = Buffer.alloc(0);
let used = 0;

/** Random bytes that are handed out once; drawn from the system in batches because a draw costs more than a packet. */
export function randomSlice(count: number): Buffer {
  if (used + count > pool.length) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(Math.max(POOL_SIZE, count)));
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}

/** A random session id; 0 stands for "no session" and is never given. */
export function randomSessionId(): number {
  for (;;) {
    const id = randomSlice(4).readUInt32LE();
    if (id !== 0) return id;
  }
}
