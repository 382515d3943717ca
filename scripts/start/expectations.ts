import { readFile, rename, writeFile } from 'node:fs/promises';

/** What phases took on a machine with two cores without KVM, until this machine has figures of its own. */
const FIRST_GUESS: Readonly<Record<string, number>> = {
  enrol: 5,
  inspect: 75,
  clean: 120,
  deploy: 110,
  'tenant page': 25,
  'give back and clean': 130,
};

/** How long each phase usually takes on this machine: the mean of what was seen, the last run counting half. */
export class Expectations {
  readonly #file: string;
  readonly #seconds: Record<string, number>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, seconds: Record<string, number>) {
    this.#file = file;
    this.#seconds = seconds;
  }

  /** Reads what earlier runs left in `file`. */
  static async read(file: string): Promise<Expectations> {
    const text = await readFile(file, 'utf8').catch(() => '{}');
    return new Expectations(file, parse(text));
  }

  of(phase: string): number | undefined {
    return this.#seconds[phase] ?? FIRST_GUESS[phase];
  }

  /** Notes how long a phase took now. */
  async note(phase: string, seconds: number): Promise<void> {
    const known = this.#seconds[phase];
    this.#seconds[phase] = Math.round((known === undefined ? seconds : (known + seconds) / 2) * 10) / 10;
    // Machines end their phases at the same time; one write follows the other.
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  async #write(): Promise<void> {
    const half = `${this.#file}.half`;
    await writeFile(half, `${JSON.stringify(this.#seconds, undefined, 2)}\n`);
    await rename(half, this.#file);
  }
}

/** A file that was cut short teaches nothing. */
function parse(text: string): Record<string, number> {
  try {
    return JSON.parse(text) as Record<string, number>;
  } catch {
    return {};
  }
}
