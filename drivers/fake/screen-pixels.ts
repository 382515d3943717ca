/** A part of the screen. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a client wants pixels (RFC 6143 §7.4). */
export interface PixelFormat {
  readonly bits: number;
  readonly depth: number;
  readonly isBigEndian: boolean;
  readonly max: readonly [red: number, green: number, blue: number];
  readonly shift: readonly [red: number, green: number, blue: number];
}

/** The screen's size. */
export const WIDTH = 640;
export const HEIGHT = 400;

/** The colours of a television's test picture. */
export const BARS = [
  [255, 255, 255],
  [255, 255, 0],
  [0, 255, 255],
  [0, 255, 0],
  [255, 0, 255],
  [255, 0, 0],
  [0, 0, 255],
  [0, 0, 0],
] as const;

/** The format that the server itself names. */
export const DEFAULT_FORMAT: PixelFormat = {
  bits: 32,
  depth: 24,
  isBigEndian: false,
  max: [255, 255, 255],
  shift: [16, 8, 0],
};

/** 16 bytes on the wire. */
export function writeFormat({ bits, depth, isBigEndian, max, shift }: PixelFormat): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.set([bits, depth, isBigEndian ? 1 : 0, 1]);
  for (const [at, value] of max.entries()) bytes.writeUInt16BE(value, 4 + 2 * at);
  bytes.set(shift, 10);
  return bytes;
}

/** @throws Error for a format with a colour map, and one that cannot be */
export function readFormat(bytes: Buffer): PixelFormat {
  const [bits = 0, depth = 0, isBigEndian, isTrueColour] = bytes;
  if (isTrueColour === 0 || ![8, 16, 32].includes(bits))
    throw new Error('The VNC client wants pixels that there are not.');
  return {
    bits,
    depth,
    isBigEndian: isBigEndian !== 0,
    max: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
    shift: [bytes.readUInt8(10), bytes.readUInt8(11), bytes.readUInt8(12)],
  };
}

/** Raw pixels of a part of the picture, whose bars have moved on by so many. */
export function pixelsOf({ x, width, height }: Area, format: PixelFormat, moved: number): Buffer {
  const row = Buffer.concat(Array.from({ length: width }, (_, at) => pixelAt(x + at, format, moved)));
  return Buffer.concat(Array.from({ length: height }, () => row));
}

function pixelAt(x: number, { bits, isBigEndian, max, shift }: PixelFormat, moved: number): Buffer {
  const bar = BARS[(Math.floor((x * BARS.length) / WIDTH) + moved) % BARS.length] ?? BARS[0];
  const value = bar.reduce<number>(
    (sum, part, at) => sum + Math.round((part * (max[at] ?? 0)) / 255) * 2 ** (shift[at] ?? 0),
    0,
  );
  const bytes = Buffer.alloc(4);
  if (isBigEndian) bytes.writeUInt32BE(value % 2 ** bits);
  else bytes.writeUInt32LE(value % 2 ** bits);
  return isBigEndian ? bytes.subarray(4 - bits / 8) : bytes.subarray(0, bits / 8);
}
