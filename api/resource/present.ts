import { BareMetalError } from '../../domain/errors.ts';
import type { FieldChoice } from '../field-choice.ts';
import { createRowWriter, linksWriter, type Member, type RowWriter } from '../json-text.ts';
import { refuseNewer } from '../microversion.ts';
import type { RequestContext } from '../route.ts';
import type { Presented, ResourceField } from './definition.ts';

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

/** The version that each field came with. */
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
  { version, origin, grant }: Pick<RequestContext, 'version' | 'origin' | 'grant'>,
): RowWriter<string> {
  const known = sinceOf(resource);
  if (choice !== 'all' && choice !== 'list') checkNamed(resource, version, choice);
  const names = choice === 'list' ? (resource.listFields ?? 'all') : choice;
  // Ironic adds the links whatever was asked for.
  const wanted = names === 'all' ? undefined : new Set([...names, 'links']);
  const shown = resource.fields.filter(({ name }) => version >= (known[name] ?? 0) && (wanted?.has(name) ?? true));
  return createRowWriter(
    shown.map((field) => {
      const { name, redacted } = field;
      return redacted === undefined || grant.may(redacted.rule)
        ? memberOf(field, origin)
        : { name, json: redacted.json };
    }),
  );
}

function memberOf({ name, column = name, as, of }: ResourceField, origin: string): Member<string> {
  return of === undefined ? { name, column, as: as ?? 'text' } : { name, of: of(origin) };
}

function checkNamed(resource: Presented, version: number, names: readonly string[]): void {
  const since = sinceOf(resource);
  const known = Object.keys(since).filter((name) => resource.newer === 'refused' || version >= (since[name] ?? 0));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const list = known.toSorted().map((name) => `'${name}'`);
    const message = resource.hasLooseFields
      ? `Field(s) "${unknown.join(', ')}" are not valid`
      : `Schema error: '${unknown[0] ?? ''}' is not one of [${list.join(', ')}]`;
    throw new BareMetalError('InvalidParameterValue', message);
  }
  refuseNewer(version, names, since);
}

/** The column to sort by; `id` (null) is the order of creation. @throws BareMetalError as resourceWriter */
export function sortColumn(resource: Presented, version: number, sortKey: string): string | null {
  if (sortKey === 'id') return null;
  const field = resource.fields.find(({ name }) => name === sortKey);
  if (field === undefined || field.of !== undefined || field.sortable === false) {
    // In quotes where the database would have refused it.
    const named = field === undefined ? `"${sortKey}"` : sortKey;
    throw new BareMetalError('InvalidParameterValue', `The sort_key value ${named} is an invalid field for sorting`);
  }
  refuseNewer(version, [sortKey], sinceOf(resource));
  return sortKey;
}
