type Stop = () => Promise<void>;

const stops: Stop[] = [];

/** Has `stop` called once when the mocha process has run its last test; newest first. */
export function atEnd(stop: Stop): void {
  stops.push(stop);
}

/** Stops everything that was handed to `atEnd`, also when one of them fails. */
export async function runStops(): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.splice(0).toReversed()) await stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, 'a server of the tests did not stop');
}
