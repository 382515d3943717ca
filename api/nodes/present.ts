import type { NodeText } from '../../db/node-list.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { createRowWriter, type RowWriter } from '../json-text.ts';
import { requireKnown, requireVersion } from '../microversion.ts';
import { FIELD_SINCE, LIST_FIELDS, memberOf, NODE_FIELDS } from './fields.ts';

/** Which fields of a node are wanted: all, those of a list, or those that the client named. */
export type FieldChoice = 'all' | 'list' | readonly string[];

const FIELDS_PARAMETER_SINCE = 8;
// Writers hold no data; a client's choice of fields is free, so their number is bounded.
const MAX_WRITERS = 500;
const writers = new Map<string, RowWriter<NodeText>>();

/**
 * The writer of nodes for one version and choice of fields; the one place that decides what a version shows.
 * @throws BareMetalError `InvalidParameterValue` (unknown field), `NotAcceptable` (field newer than the version)
 */
export function nodeWriter(version: number, origin: string, choice: FieldChoice): RowWriter<NodeText> {
  const key = JSON.stringify([version, origin, choice]);
  const known = writers.get(key);
  if (known !== undefined) return known;
  const writer = createRowWriter(chosenFields(version, choice).map((field) => memberOf(field, version, origin)));
  if (writers.size >= MAX_WRITERS) writers.clear();
  writers.set(key, writer);
  return writer;
}

function chosenFields(version: number, choice: FieldChoice) {
  if (choice !== 'all' && choice !== 'list') checkNamed(version, choice);
  const names = choice === 'list' ? LIST_FIELDS : choice;
  const shown = NODE_FIELDS.filter(({ since }) => version >= since);
  if (names === 'all') return shown;
  // Ironic adds the links whatever was asked for.
  const wanted = new Set<string>([...names, 'links']);
  return shown.filter(({ name }) => wanted.has(name));
}

function checkNamed(version: number, names: readonly string[]): void {
  requireVersion(version, FIELDS_PARAMETER_SINCE);
  const unknown = names.filter((name) => !Object.hasOwn(FIELD_SINCE, name));
  if (unknown.length > 0) {
    throw new BareMetalError('InvalidParameterValue', `Field(s) "${unknown.join(', ')}" are not valid for a node.`);
  }
  requireKnown(version, names, FIELD_SINCE);
}

const SORTABLE: ReadonlySet<string> = new Set(
  NODE_FIELDS.filter((field) => field.as !== undefined && field.sortable !== false).map(({ name }) => name),
);

/** The column to sort by; `id` (null) is the order of creation. @throws BareMetalError `InvalidParameterValue` */
export function sortColumn(version: number, sortKey: string): NodeText | null {
  if (sortKey === 'id') return null;
  if (!SORTABLE.has(sortKey)) {
    throw new BareMetalError(
      'InvalidParameterValue',
      `The sort_key value "${sortKey}" is an invalid field for sorting`,
    );
  }
  requireKnown(version, [sortKey], FIELD_SINCE);
  return sortKey as NodeText;
}
