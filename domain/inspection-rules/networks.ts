/** An address as a number of so many bits. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Reads an IPv4 address (dotted) or an IPv6 address (RFC 4291 §2.2); undefined for any other text. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

function parseIpv6(text: string): Address | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const low = parseIpv4(dotted[2] ?? '');
    if (low === undefined) return undefined;
    return parseIpv6(`${dotted[1] ?? ''}${(low.value >> 16n).toString(16)}:${(low.value & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** Whether an address is in a network `address/length`, or is that address; undefined when one is malformed. */
export function isInNetwork(address: string, network: string): boolean | undefined {
  const [start = '', length, ...more] = network.split('/');
  const base = parseAddress(start);
  if (base === undefined || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const size = length === undefined ? base.bits : Number(length);
  if (size > base.bits) return undefined;
  const found = parseAddress(address);
  if (found === undefined) return undefined;
  if (found.bits !== base.bits) return false;
  const shift = BigInt(base.bits - size);
  return found.value >> shift === base.value >> shift;
}
