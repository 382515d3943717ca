/**
 * Gathers what comes while a write is under way and writes it together, in its order.
 * @param write never rejects
 * @returns adds one item; resolves when it was written
 */
export function createBatch<T>(write: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: T[] = [];
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const flush = async () => {
    const items = waiting;
    waiting = [];
    next = undefined;
    await write(items);
  };
  return (item) => {
    waiting.push(item);
    return (next ??= last = last.then(flush));
  };
}
