/** Figures of one thing that was measured, by name. */
export type Figures = Readonly<Record<string, number>>;

interface Bar {
  readonly figure: string;
  /** Anneal's figure divided by Ironic's must be so much. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Only this part of the name of what was measured. */
  readonly of: RegExp;
}

/** What Anneal is to reach beside Ironic in the same run. */
const BARS: readonly Bar[] = [
  { of: /^\/v1\/nodes/, figure: 'perSecond', atLeast: 20 },
  { of: /^creation$/, figure: 'perSecond', atLeast: 10 },
  { of: /^life cycle, (50|200) at once/, figure: 'nodesPerMinute', atLeast: 2 },
  { of: /^memory, idle$/, figure: 'ownMib', atMost: 1 },
];

/** Without a bar: the figure whose ratio tells most. */
const CHIEF = ['perSecond', 'nodesPerMinute', 'p50Seconds', 'firstNodeS', 'ownMib'] as const;

/** The figures of both services, thing by thing. */
export class Results {
  readonly #byThing = new Map<string, Map<string, Figures>>();

  add(service: string, what: string, figures: Figures): void {
    const services = this.#byThing.get(what) ?? new Map<string, Figures>();
    this.#byThing.set(what, services.set(service, figures));
  }

  /** One line for each thing: both services' figures, their ratio, and whether the bar is reached. */
  lines(): object[] {
    return [...this.#byThing].map(([what, services]) => ({
      bench: 'api',
      what,
      ...Object.fromEntries(services),
      ...verdict(what, services.get('ironic'), services.get('anneal')),
    }));
  }
}

function verdict(what: string, ironic: Figures | undefined, anneal: Figures | undefined): object {
  if (ironic === undefined || anneal === undefined) return {};
  const bar = BARS.find(({ of }) => of.test(what));
  const figure = bar?.figure ?? CHIEF.find((name) => name in anneal) ?? '';
  const ratio = Math.round(((anneal[figure] ?? 0) / (ironic[figure] ?? Number.NaN)) * 100) / 100;
  if (bar === undefined) return { figure, ratio };
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = bar;
  const wanted = bar.atLeast === undefined ? { atMost } : { atLeast };
  return { figure, ratio, ...wanted, ok: ratio >= atLeast && ratio <= atMost };
}
