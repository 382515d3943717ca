import { isObject } from './json.ts';

/** Capabilities as Ironic keeps them: `boot_mode:uefi,cpu_vt:true`, or an object of texts. Anything else is none. */
export function parseCapabilities(capabilities: unknown): Map<string, string> {
  if (isObject(capabilities)) {
    return new Map(
      Object.entries(capabilities).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    );
  }
  const pairs = typeof capabilities === 'string' ? capabilities.split(',') : [];
  return new Map(
    pairs.flatMap((pair) => {
      const colon = pair.indexOf(':');
      return colon < 1 ? [] : [[pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()] as const];
    }),
  );
}

/** Capabilities with one set, or taken away by null; the order of the others stays. */
export function setCapability(capabilities: unknown, name: string, value: string | null): string {
  const all = parseCapabilities(capabilities);
  if (value === null) all.delete(name);
  else all.set(name, value);
  return writeCapabilities(all);
}

/** The way back from {@link parseCapabilities}. */
export function writeCapabilities(capabilities: ReadonlyMap<string, string>): string {
  return [...capabilities].map((pair) => pair.join(':')).join(',');
}
