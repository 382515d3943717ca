/** Factors of a sensor's conversion formula (IPMI v2.0 §36.3). */
export interface SensorFactors {
  readonly m: number;
  readonly tolerance: number;
  readonly b: number;
  readonly accuracy: number;
  readonly accuracyExp: number;
  readonly rExp: number;
  readonly bExp: number;
}

const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** The six factor bytes of a full SDR or of Get Sensor Reading Factors (IPMI v2.0 table 43-1, bytes 25–30). */
export function decodeFactors(data: Uint8Array): SensorFactors {
  const at = (index: number): number => data[index] ?? 0;
  return {
    m: signed(((at(1) & 0xc0) << 2) | at(0), 10),
    tolerance: at(1) & 0x3f,
    b: signed(((at(3) & 0xc0) << 2) | at(2), 10),
    accuracy: ((at(4) & 0xf0) << 2) | (at(3) & 0x3f),
    accuracyExp: (at(4) >> 2) & 3,
    rExp: signed(at(5) >> 4, 4),
    bExp: signed(at(5) & 0x0f, 4),
  };
}

/** The inverse of {@link decodeFactors}. */
export function encodeFactors(factors: SensorFactors): Uint8Array {
  const { m, b, accuracy } = factors;
  return Uint8Array.of(
    m & 0xff,
    ((m >> 2) & 0xc0) | (factors.tolerance & 0x3f),
    b & 0xff,
    ((b >> 2) & 0xc0) | (accuracy & 0x3f),
    ((accuracy >> 2) & 0xf0) | ((factors.accuracyExp & 3) << 2),
    ((factors.rExp & 0x0f) << 4) | (factors.bExp & 0x0f),
  );
}

/** Linearization functions 0–11 by number (IPMI v2.0 table 43-1, byte 24). */
export const LINEARIZATIONS: readonly ((value: number) => number)[] = [
  (x) => x,
  Math.log,
  Math.log10,
  Math.log2,
  Math.exp,
  (x) => 10 ** x,
  (x) => 2 ** x,
  (x) => 1 / x,
  (x) => x ** 2,
  (x) => x ** 3,
  Math.sqrt,
  Math.cbrt,
];

/** Functions from 70h on are not linear: their factors must be asked for at each reading. */
export const isNonLinear = (linearization: number): boolean => linearization >= 0x70;

/** How a raw byte is to be read as a number. */
export type RawFormat = 'unsigned' | 'ones' | 'twos';

function fromRaw(raw: number, format: RawFormat): number {
  if (format === 'unsigned' || raw < 0x80) return raw;
  return format === 'twos' ? raw - 0x100 : raw - 0xff;
}

/** Raw reading → value in the sensor's unit: L[(M·x + B·10^K1)·10^K2] (IPMI v2.0 §36.3). */
export function convertReading(
  raw: number,
  sensor: { factors: SensorFactors; linearization: number; format: RawFormat },
): number {
  const { m, b, bExp, rExp } = sensor.factors;
  const linear = (m * fromRaw(raw, sensor.format) + b * 10 ** bExp) * 10 ** rExp;
  const value = (LINEARIZATIONS[sensor.linearization] ?? LINEARIZATIONS[0] ?? Number)(linear);
  // Drops the noise of binary fractions, such as 0.30000000000000004.
  return Number(value.toPrecision(12));
}
