import type { ReadStream } from 'node:tty';
import type { Bmc } from '../client/bmc.ts';

/** What typing does: bytes for the machine, or an order for us. */
export type Typed = { readonly send: Buffer } | { readonly order: 'end' | 'break' | 'help' };

const ESCAPE = 0x7e;
const ORDERS: ReadonlyMap<number, 'end' | 'break' | 'help'> = new Map([
  [0x2e, 'end'],
  [0x42, 'break'],
  [0x3f, 'help'],
]);
const LAST_WORDS_MS = 1000;
const HELP = '\r\n~. ends   ~B sends a break   ~~ sends ~   (after a new line)\r\n';

/** Finds ipmitool's escapes in what is typed: `~` counts at the beginning of a line only. */
export class EscapeReader {
  #atStart = true;
  #escaped = false;

  /** Takes the next bytes. */
  read(bytes: Uint8Array): Typed[] {
    const typed: Typed[] = [];
    let plain: number[] = [];
    const flush = (): void => {
      if (plain.length > 0) typed.push({ send: Buffer.from(plain) });
      plain = [];
    };
    for (const byte of bytes) {
      const order = this.#escaped ? ORDERS.get(byte) : undefined;
      if (order !== undefined) {
        flush();
        typed.push({ order });
      } else if (this.#atStart && !this.#escaped && byte === ESCAPE) {
        this.#escaped = true;
        continue;
      } else plain.push(...(this.#escaped && byte !== ESCAPE ? [ESCAPE, byte] : [byte]));
      this.#escaped = false;
      this.#atStart = order !== undefined || byte === 0x0d || byte === 0x0a;
    }
    flush();
    return typed;
  }
}

/** Joins the terminal and the machine's serial console until `~.` or the end of the input. */
export async function attachConsole(bmc: Bmc, input: ReadStream, output: NodeJS.WriteStream): Promise<void> {
  const stream = await bmc.openSol();
  process.stderr.write('[serial over LAN; ~. ends it, ~? helps]\n');
  if (input.isTTY) input.setRawMode(true);
  stream.pipe(output, { end: false });
  const reader = new EscapeReader();
  try {
    await new Promise<void>((resolve, reject) => {
      // The prompt for the password has paused it.
      input.resume();
      const act = { end: resolve, break: () => stream.sendBreak(), help: () => void output.write(HELP) };
      stream.on('error', reject).on('close', resolve);
      input.on('end', resolve).on('data', (data: Buffer | string) => {
        for (const typed of reader.read(Buffer.from(data)))
          if ('order' in typed) act[typed.order]();
          else stream.write(typed.send);
      });
    });
  } finally {
    if (input.isTTY) input.setRawMode(false);
    input.pause();
    // What was typed last still goes out, unless the BMC takes nothing any more.
    await new Promise<void>((resolve) => {
      stream.end(resolve);
      setTimeout(resolve, LAST_WORDS_MS).unref();
    });
    stream.destroy();
  }
}
