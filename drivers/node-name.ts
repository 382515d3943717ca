import type { Node } from '../domain/node.ts';

/** How messages name a node: by its name, else by its uuid. */
export function nameOf(node: Pick<Node, 'name' | 'uuid'>): string {
  return node.name ?? node.uuid;
}
