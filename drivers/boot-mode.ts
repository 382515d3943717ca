import { parseCapabilities } from '../domain/capabilities.ts';
import type { Node } from '../domain/node.ts';

/**
 * Whether the machine boots by UEFI: as the instance asks, as the node's capabilities say, as it was read, else
 * Ironic's default (uefi).
 */
export function bootModeOf(node: Pick<Node, 'instanceInfo' | 'properties' | 'bootMode'>): 'uefi' | 'bios' {
  const wanted =
    parseCapabilities(node.instanceInfo['capabilities']).get('boot_mode') ??
    parseCapabilities(node.properties['capabilities']).get('boot_mode') ??
    node.bootMode ??
    'uefi';
  return wanted === 'bios' ? 'bios' : 'uefi';
}
