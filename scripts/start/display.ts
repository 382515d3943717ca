/** Where the display writes. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What one machine, or one part, is doing. */
export interface Track {
  /** A new phase begins. @param expectedS how long it usually takes, when that is known */
  begin(phase: string, expectedS?: number): void;
  /** What happens within the phase now. */
  detail(text: string): void;
  /** The phase ended well. @returns seconds that it took */
  done(result?: string): number;
  failed(reason: string): void;
}

interface Row {
  readonly title: string;
  phase: string;
  detail: string;
  /** The detail that plain output told last. */
  toldDetail: string;
  expectedS: number | undefined;
  startedAt: number;
  /** When plain output last said something of it. */
  toldAt: number;
  running: boolean;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
/** On plain output a phase that lasts is heard of again after so long. */
const PLAIN_REMINDER_MS = 30_000;
/** Details that change faster are passed over there; the last one is told. */
const PLAIN_PAUSE_MS = 3000;
const PLAIN_LOOK_MS = 1000;
const BAR_WIDTH = 16;
const UNTOLD = { detail: '', toldDetail: '' };
const color = { dim: '2', green: '32', red: '31', cyan: '36', bold: '1' } as const;

/**
 * The progress display: finished things stay above as lines, what runs moves below with a spinner, a bar, the
 * time it took so far and the time it usually takes. Without a terminal: plain lines.
 */
export class Display {
  readonly #screen: Screen;
  readonly #live: boolean;
  readonly #rows: Row[] = [];
  readonly #begun = Date.now();
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#live = screen.isTTY === true && process.env['TERM'] !== 'dumb' && process.env['CI'] === undefined;
    this.#timer = setInterval(() => this.#tick(), this.#live ? FRAME_MS : PLAIN_LOOK_MS);
    this.#timer.unref();
  }

  /** A line that stays. */
  line(text: string): void {
    this.#erase();
    this.#screen.write(`${text}\n`);
    this.#draw();
  }

  /** A heading that stays. */
  heading(text: string): void {
    this.line(`\n${this.#paint('bold', text)}`);
  }

  /** Starts to show one machine or part. */
  track(title: string): Track {
    const row: Row = { title, phase: '', ...UNTOLD, expectedS: undefined, startedAt: 0, toldAt: 0, running: false };
    this.#rows.push(row);
    return {
      begin: (phase, expectedS) => this.#begin(row, phase, expectedS),
      detail: (text) => this.#detail(row, text),
      done: (result) => this.#end(row, this.#paint('green', '✔'), result ?? ''),
      failed: (reason) => void this.#end(row, this.#paint('red', '✘'), reason),
    };
  }

  /** Stops moving; the last lines stay as they are. */
  close(): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #begin(row: Row, phase: string, expectedS: number | undefined): void {
    Object.assign(row, { phase, expectedS, ...UNTOLD, startedAt: Date.now(), running: true });
    if (this.#live) this.#draw();
    else this.#plain(row, `${row.phase}${usually(expectedS)}`);
  }

  #detail(row: Row, text: string): void {
    row.detail = text;
    if (!this.#live) this.#tellDetail(row);
  }

  #tellDetail(row: Row): void {
    const { phase, detail, toldDetail, toldAt } = row;
    if (detail === '' || detail === toldDetail || Date.now() - toldAt < PLAIN_PAUSE_MS) return;
    row.toldDetail = detail;
    this.#plain(row, phase === '' ? detail : `${phase}: ${detail}`);
  }

  #end(row: Row, mark: string, result: string): number {
    const seconds = (Date.now() - row.startedAt) / 1000;
    // What fails between two phases is none of either.
    const phase = row.running ? ` ${row.phase} ${this.#paint('dim', `in ${time(seconds)}`)}` : '';
    row.running = false;
    const tail = result === '' ? '' : this.#paint('dim', `  ${result}`);
    this.line(`${this.#clock()} ${mark} ${row.title.padEnd(10)}${phase}${tail}`);
    return seconds;
  }

  #plain(row: Row, text: string): void {
    row.toldAt = Date.now();
    this.line(`${this.#clock()} … ${row.title.padEnd(10)} ${text}`);
  }

  #tick(): void {
    if (this.#live) return this.#draw();
    for (const row of this.#rows.filter(({ running }) => running)) {
      this.#tellDetail(row);
      if (Date.now() - row.toldAt >= PLAIN_REMINDER_MS) this.#plain(row, reminder(row));
    }
  }

  #draw(): void {
    if (!this.#live) return;
    this.#erase();
    const lines = this.#rows.filter((row) => row.running).map((row) => this.#render(row));
    this.#screen.write(lines.map((text) => `${text}\n`).join(''));
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#screen.write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }

  #render(row: Row): string {
    const frame = SPINNER[Math.floor(Date.now() / FRAME_MS) % SPINNER.length] ?? '';
    const seconds = (Date.now() - row.startedAt) / 1000;
    const bar = row.expectedS === undefined ? ' '.repeat(BAR_WIDTH) : progressBar(seconds / row.expectedS);
    const times = row.expectedS === undefined ? time(seconds) : `${time(seconds)} of ~${time(row.expectedS)}`;
    const head = `${this.#clock()} ${frame} ${row.title.padEnd(10)} ${row.phase.padEnd(24)} ${bar} ${times.padEnd(16)} `;
    const room = Math.max(0, (this.#screen.columns ?? 100) - head.length - 1);
    return `${this.#paint('cyan', head)}${this.#paint('dim', row.detail.slice(0, room))}`;
  }

  #clock(): string {
    return this.#paint('dim', time((Date.now() - this.#begun) / 1000).padStart(6));
  }

  #paint(name: keyof typeof color, text: string): string {
    return this.#live ? `\u001b[${color[name]}m${text}\u001b[0m` : text;
  }
}

/** Seconds as a person reads them: `7 s`, `1:05`. */
export function time(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A bar that never claims to be full before the end. */
export function progressBar(part: number): string {
  const filled = Math.min(BAR_WIDTH - 1, Math.floor(Math.max(0, part) * BAR_WIDTH));
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

/** What a phase that lasts is doing: `clean for 1:30 (usually 2:00): clean wait`. */
function reminder({ phase, startedAt, expectedS, detail }: Row): string {
  const now = detail === '' ? '' : `: ${detail}`;
  return `${phase} for ${time((Date.now() - startedAt) / 1000)}${usually(expectedS)}${now}`;
}

function usually(expectedS: number | undefined): string {
  return expectedS === undefined ? '' : ` (usually ${time(expectedS)})`;
}
