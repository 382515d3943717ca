import { BareMetalError } from '../errors.ts';
import type { JsonObject } from '../node.ts';
import { pythonText } from './format.ts';
import { isObject } from '../json.ts';

/** A path with slashes, or with dots where it has no slash. */
export function pathOf(path: unknown): string[] {
  const text = pythonText(path);
  return text.includes('/') ? text.replaceAll(/^\/+|\/+$/g, '').split('/') : text.split('.');
}

/** Sets what a path leads to; objects on the way are made. @throws BareMetalError `InspectionRuleFailed` */
export function setIn(root: JsonObject, path: readonly string[], value: unknown): void {
  const { parent, name } = lastOf(root, path, { makes: true });
  parent[name] = value;
}

/** Changes the list that a path leads to; one that isn't there is empty. @throws as setIn */
export function addTo(
  root: JsonObject,
  path: readonly string[],
  change: (list: readonly unknown[]) => unknown[],
): void {
  const { parent, name } = lastOf(root, path, { makes: true });
  const list = Object.hasOwn(parent, name) ? parent[name] : [];
  if (!Array.isArray(list)) throw failure(path, 'is no list');
  parent[name] = change(list as unknown[]);
}

/** Takes away what a path leads to. @throws as setIn, also when nothing is there and that may not be */
export function removeFrom(root: JsonObject, path: readonly string[], { mayBeMissing = false } = {}): void {
  const { parent, name } = lastOf(root, path, { makes: false, mayBeMissing });
  if (Object.hasOwn(parent, name)) delete parent[name];
  else if (!mayBeMissing) throw failure(path, 'is not there');
}

/** Names that would reach into how objects work instead of what is in them. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

function lastOf(
  root: JsonObject,
  path: readonly string[],
  { makes, mayBeMissing = false }: { makes: boolean; mayBeMissing?: boolean },
): { parent: JsonObject; name: string } {
  if (path.some((name) => name === '' || FORBIDDEN.has(name))) throw failure(path, 'is no path');
  let parent = root;
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(parent, name) ? parent[name] : undefined;
    if (isObject(next)) {
      parent = next;
    } else if (next === undefined && (makes || mayBeMissing)) {
      const made: JsonObject = {};
      if (makes) parent[name] = made;
      parent = made;
    } else {
      throw failure(path, `leads through ${name}, which is no object`);
    }
  }
  return { parent, name: path.at(-1) ?? '' };
}

function failure(path: readonly string[], reason: string): BareMetalError {
  return new BareMetalError('InspectionRuleFailed', `${path.join('/')} ${reason}.`);
}
