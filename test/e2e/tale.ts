/** One thing that happens to a machine, and what must be true then. */
export type Step = readonly [title: string, happens: () => Promise<void>];

/**
 * What happens to one machine, step by step. Tales of several machines are told side by side, since each spends most of
 * its time booting; every step is a test of its own.
 */
export class Tale {
  readonly steps: readonly Step[];
  readonly #outcomes = new Map<string, PromiseWithResolvers>();

  constructor(steps: readonly Step[]) {
    this.steps = steps;
    for (const [title] of steps) this.#outcomes.set(title, withResolvers());
  }

  /** Tells it to its end; after a step that fails the later ones fail too. */
  async tell(): Promise<void> {
    let broken: string | undefined;
    for (const [title, happens] of this.steps) {
      const { resolve, reject } = this.#of(title);
      if (broken !== undefined) {
        reject(new Error(`not reached: "${broken}" failed`));
        continue;
      }
      try {
        await happens();
        resolve();
      } catch (error) {
        broken = title;
        reject(error);
      }
    }
  }

  /** How a step went. */
  outcome(title: string): Promise<void> {
    return this.#of(title).promise;
  }

  #of(title: string): PromiseWithResolvers {
    const found = this.#outcomes.get(title);
    if (found === undefined) throw new Error(`the tale has no step "${title}"`);
    return found;
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Looked at by its test, later.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
