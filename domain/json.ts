import type { JsonObject } from './node.ts';

/** An object, and neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a name; an empty one when there is none. */
export function objectIn(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  return isObject(value) ? value : {};
}

/** The objects in the list under a name; undefined when there is no list. */
export function objectsIn(parent: JsonObject, name: string): JsonObject[] | undefined {
  const value = parent[name];
  return Array.isArray(value) ? (value as unknown[]).filter(isObject) : undefined;
}
