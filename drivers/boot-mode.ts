import type { JsonObject, Node } from '../domain/node.ts';

/**
 * Whether the machine boots by UEFI: as the instance asks, as the node's capabilities say, as it was read, else
 * Ironic's default (uefi).
 */
export function bootModeOf(node: Pick<Node, 'instanceInfo' | 'properties' | 'bootMode'>): 'uefi' | 'bios' {
  const wanted =
    capabilityOf(node.instanceInfo, 'boot_mode') ??
    capabilityOf(node.properties, 'boot_mode') ??
    node.bootMode ??
    'uefi';
  return wanted === 'bios' ? 'bios' : 'uefi';
}

/** One of the capabilities that Ironic keeps as `"a:1,b:2"` or as an object. */
function capabilityOf(field: JsonObject, name: string): string | undefined {
  const capabilities = field['capabilities'];
  if (typeof capabilities === 'string') {
    const pairs = capabilities.split(',').map((pair) => pair.trim().split(':', 2));
    return pairs.find(([key]) => key === name)?.[1];
  }
  if (typeof capabilities !== 'object' || capabilities === null) return undefined;
  const value = Object.entries(capabilities).find(([key]) => key === name)?.[1] as unknown;
  return typeof value === 'string' ? value : undefined;
}
