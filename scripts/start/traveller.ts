import type { Artifacts } from '../../lab/image/artifacts.ts';
import type { LabNode, LabState } from '../../lab/state.ts';
import type { ApiClient } from './api-client.ts';
import type { Display, Track } from './display.ts';
import type { Expectations } from './expectations.ts';

/** What the journey works with. */
export interface JourneyTools {
  readonly api: ApiClient;
  readonly lab: LabState;
  readonly artifacts: Artifacts;
  readonly display: Display;
  readonly expectations: Expectations;
}

/** One machine on its way. */
export interface Traveller extends JourneyTools {
  readonly machine: LabNode;
  readonly track: Track;
  /** Its address on the tenant's network. */
  readonly address: string;
}

/** Runs one phase with its display and notes how long it took. */
export async function phase(traveller: Traveller, title: string, work: () => Promise<string>): Promise<void> {
  traveller.track.begin(title, traveller.expectations.of(title));
  const result = await work();
  await traveller.expectations.note(title, traveller.track.done(result));
}
