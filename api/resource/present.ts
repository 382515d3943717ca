import { BareMetalError } from '../../domain/errors.ts';
import { createRowWriter, linksWriter, type Member, type RowWriter } from '../json-text.ts';
import { requireKnown } from '../microversion.ts';
import type { Presented, ResourceField } from './definition.ts';

/** Which fields are wanted: all, those of a list, or those that the client named. */
export type FieldChoice = 'all' | 'list' | readonly string[];

/** The fields of every resource: these first, its own, and its links. */
export function fieldsOf(path: string, own: readonly ResourceField[]): ResourceField[] {
  return [
    { name: 'uuid', as: 'text' },
    { name: 'created_at', as: 'time' },
    { name: 'updated_at', as: 'time' },
    ...own,
    { name: 'links', of: (origin) => linksWriter(origin, path) },
  ];
}

function sinceOf({ fields, since }: Presented): Readonly<Record<string, number>> {
  return Object.fromEntries(fields.map((field) => [field.name, field.since ?? since]));
}

/**
 * The writer of a resource's records for one version and choice of fields.
 * @throws BareMetalError `InvalidParameterValue` (unknown field), `NotAcceptable` (field newer than the version)
 */
export function resourceWriter(
  resource: Presented,
  choice: FieldChoice,
  { version, origin }: { version: number; origin: string },
): RowWriter<string> {
  const known = sinceOf(resource);
  const names = choice === 'list' ? resource.listFields : choice;
  if (choice !== 'all' && choice !== 'list') checkNamed(version, choice, known);
  // Ironic adds the links whatever was asked for.
  const wanted = names === 'all' ? undefined : new Set([...names, 'links']);
  const shown = resource.fields.filter(({ name }) => version >= (known[name] ?? 0) && (wanted?.has(name) ?? true));
  return createRowWriter(shown.map((field) => memberOf(field, origin)));
}

function memberOf({ name, as, of }: ResourceField, origin: string): Member<string> {
  return of === undefined ? { name, column: name, as: as ?? 'text' } : { name, of: of(origin) };
}

function checkNamed(version: number, names: readonly string[], known: Readonly<Record<string, number>>): void {
  const unknown = names.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) {
    throw new BareMetalError('InvalidParameterValue', `Field(s) "${unknown.join(', ')}" are not valid`);
  }
  requireKnown(version, names, known);
}

/** The column to sort by; `id` (null) is the order of creation. @throws BareMetalError as resourceWriter */
export function sortColumn(resource: Presented, version: number, sortKey: string): string | null {
  if (sortKey === 'id') return null;
  const field = resource.fields.find(({ name }) => name === sortKey);
  if (field === undefined || field.of !== undefined || field.sortable === false) {
    throw new BareMetalError('InvalidParameterValue', `The sort_key value ${sortKey} is an invalid field for sorting`);
  }
  requireKnown(version, [sortKey], sinceOf(resource));
  return sortKey;
}
