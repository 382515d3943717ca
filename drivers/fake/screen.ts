import { Duplex } from 'node:stream';
import { BARS, DEFAULT_FORMAT, HEIGHT, pixelsOf, readFormat, WIDTH, writeFormat, type Area } from './screen-pixels.ts';

const VERSION = Buffer.from('RFB 003.008\n');
const NO_AUTHENTICATION = 1;
const RAW = 0;
/** Nobody pastes more than this into a fake machine. */
const LONGEST_PASTE = 1 << 20;
/** A client that doesn't take its pictures gets no more of them. */
const MOST_UNREAD = 4 << 20;

/** One message of the client: how long it is as far as one can see, and what it does. */
interface Message {
  readonly length: (seen: Buffer) => number;
  readonly take: (screen: FakeScreen, message: Buffer) => void;
}

/**
 * The screen of a fake machine: a server of the remote framebuffer protocol (RFC 6143) at the other end of a stream.
 * It shows coloured bars, which move on with each key that is pressed.
 */
export class FakeScreen extends Duplex {
  readonly #name: string;
  #input: Buffer = Buffer.alloc(0);
  /** What the client's next bytes are, until it has been initialised. */
  #greetings = [this.#takeVersion, this.#takeSecurity, this.#takeClientInit].values();
  #greeting = this.#greetings.next().value;
  #format = DEFAULT_FORMAT;
  #pressed = 0;
  /** Keys that had been pressed when the client last got the picture. */
  #shown = -1;
  #asked: Area | undefined;

  constructor(name: string) {
    super();
    this.#name = name;
    this.push(VERSION);
  }

  override _read(): void {
    this.#show();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    try {
      while (this.#takeOne());
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  press(): void {
    this.#pressed += 1;
    this.#show();
  }

  setFormat(bytes: Buffer): void {
    this.#format = readFormat(bytes);
  }

  /** RFC 6143 §7.5.3: an incremental request is answered when there is something new. */
  ask(area: Area, isIncremental: boolean): void {
    this.#asked = area;
    if (!isIncremental) this.#shown = -1;
    this.#show();
  }

  #show(): void {
    const area = this.#asked;
    if (area === undefined || this.#shown === this.#pressed || this.readableLength > MOST_UNREAD) return;
    this.#asked = undefined;
    this.#shown = this.#pressed;
    const header = Buffer.alloc(16);
    header.writeUInt16BE(1, 2);
    for (const [at, value] of [area.x, area.y, area.width, area.height].entries())
      header.writeUInt16BE(value, 4 + 2 * at);
    header.writeInt32BE(RAW, 12);
    this.push(Buffer.concat([header, pixelsOf(area, this.#format, this.#pressed % BARS.length)]));
  }

  /** Takes the next message when it is whole. */
  #takeOne(): boolean {
    if (this.#greeting !== undefined) return this.#greet();
    const [type] = this.#input;
    if (type === undefined) return false;
    const message = MESSAGES[type];
    if (message === undefined) throw new Error(`The VNC client sent the unknown message ${type}.`);
    const length = message.length(this.#input);
    if (this.#input.length < length) return false;
    message.take(this, this.#cut(length));
    return true;
  }

  #greet(): boolean {
    const isTaken = this.#greeting?.call(this) ?? false;
    if (isTaken) this.#greeting = this.#greetings.next().value;
    return isTaken;
  }

  #cut(length: number): Buffer {
    const head = this.#input.subarray(0, length);
    this.#input = this.#input.subarray(length);
    return head;
  }

  #takeVersion(): boolean {
    if (this.#input.length < VERSION.length) return false;
    if (!this.#cut(VERSION.length).equals(VERSION)) throw new Error('The VNC client does not speak RFB 3.8.');
    this.push(Buffer.from([1, NO_AUTHENTICATION]));
    return true;
  }

  #takeSecurity(): boolean {
    if (this.#input.length < 1) return false;
    if (this.#cut(1)[0] !== NO_AUTHENTICATION) throw new Error('The VNC client wants another authentication.');
    this.push(Buffer.alloc(4));
    return true;
  }

  #takeClientInit(): boolean {
    if (this.#input.length < 1) return false;
    this.#cut(1);
    const name = Buffer.from(this.#name);
    const init = Buffer.alloc(24);
    init.writeUInt16BE(WIDTH, 0);
    init.writeUInt16BE(HEIGHT, 2);
    writeFormat(DEFAULT_FORMAT).copy(init, 4);
    init.writeUInt32BE(name.length, 20);
    this.push(Buffer.concat([init, name]));
    return true;
  }
}

const fixed = (length: number) => () => length;
const ignored = (): void => {};

/** RFC 6143 §7.5. */
const MESSAGES: Readonly<Record<number, Message>> = {
  0: { length: fixed(20), take: (screen, message) => screen.setFormat(message.subarray(4)) },
  2: { length: (seen) => (seen.length < 4 ? 4 : 4 + 4 * seen.readUInt16BE(2)), take: ignored },
  3: { length: fixed(10), take: (screen, message) => screen.ask(areaOf(message), message[1] !== 0) },
  4: { length: fixed(8), take: (screen, message) => message[1] !== 0 && screen.press() },
  5: { length: fixed(6), take: ignored },
  6: { length: lengthOfPaste, take: ignored },
};

function lengthOfPaste(seen: Buffer): number {
  const length = seen.length < 8 ? 0 : seen.readUInt32BE(4);
  if (length > LONGEST_PASTE) throw new Error('The VNC client pastes too much.');
  return 8 + length;
}

function areaOf(message: Buffer): Area {
  const x = Math.min(message.readUInt16BE(2), WIDTH);
  const y = Math.min(message.readUInt16BE(4), HEIGHT);
  return {
    x,
    y,
    width: Math.min(message.readUInt16BE(6), WIDTH - x),
    height: Math.min(message.readUInt16BE(8), HEIGHT - y),
  };
}
