import type { PortText } from '../../db/port-list.ts';
import { notSortable, refuseUnknownFields, type FieldChoice } from '../field-choice.ts';
import { createRowWriter, linksWriter, type Encoding, type Member, type RowWriter } from '../json-text.ts';
import { requireKnown } from '../microversion.ts';

interface PortField {
  readonly name: string;
  readonly since: number;
  readonly as?: Encoding;
}

/** All fields of a port in Ironic's order, with the version that each came with. */
export const PORT_FIELDS: readonly PortField[] = [
  { name: 'uuid', since: 1, as: 'text' },
  { name: 'created_at', since: 1, as: 'time' },
  { name: 'updated_at', since: 1, as: 'time' },
  { name: 'address', since: 1, as: 'text' },
  { name: 'extra', since: 1, as: 'object' },
  { name: 'internal_info', since: 18, as: 'object' },
  { name: 'is_smartnic', since: 53, as: 'bare' },
  { name: 'local_link_connection', since: 19, as: 'object' },
  { name: 'physical_network', since: 34, as: 'text' },
  { name: 'pxe_enabled', since: 19, as: 'bare' },
  { name: 'node_uuid', since: 1, as: 'text' },
  { name: 'name', since: 88, as: 'text' },
  { name: 'description', since: 97, as: 'text' },
  { name: 'vendor', since: 100, as: 'text' },
  { name: 'category', since: 101, as: 'text' },
  { name: 'available_for_dynamic_portgroup', since: 111, as: 'bare' },
  { name: 'links', since: 1 },
  { name: 'portgroup_uuid', since: 24, as: 'text' },
];

/** The version that each field of a port came with. */
export const PORT_FIELD_SINCE: Readonly<Record<string, number>> = Object.fromEntries(
  PORT_FIELDS.map(({ name, since }) => [name, since]),
);

/** What a list shows when the client names no fields. */
export const PORT_LIST_FIELDS = ['uuid', 'address'] as const;

/**
 * The writer of ports for one version and choice of fields.
 * @throws BareMetalError `InvalidParameterValue` (unknown field), `NotAcceptable` (field newer than the version)
 */
export function portWriter(version: number, origin: string, choice: FieldChoice): RowWriter<PortText> {
  const names = choice === 'list' ? PORT_LIST_FIELDS : choice;
  if (names !== 'all') checkNamed(version, names);
  const wanted = names === 'all' ? undefined : new Set([...names, 'links']);
  const shown = PORT_FIELDS.filter(({ name, since }) => version >= since && (wanted?.has(name) ?? true));
  return createRowWriter(shown.map((field) => memberOf(field, origin)));
}

function memberOf({ name, as }: PortField, origin: string): Member<PortText> {
  if (as === undefined) return { name, of: linksWriter(origin, 'ports') };
  return { name, column: name as PortText, as };
}

function checkNamed(version: number, names: readonly string[]): void {
  refuseUnknownFields(names, 'a port', (name) => Object.hasOwn(PORT_FIELD_SINCE, name));
  requireKnown(version, names, PORT_FIELD_SINCE);
}

const SORTABLE: ReadonlySet<string> = new Set(
  PORT_FIELDS.filter(({ as }) => as !== undefined && as !== 'object').map(({ name }) => name),
);

/** The column to sort by; `id` (null) is the order of creation. @throws BareMetalError `InvalidParameterValue` */
export function portSortColumn(sortKey: string): PortText | null {
  if (sortKey === 'id') return null;
  if (SORTABLE.has(sortKey)) return sortKey as PortText;
  throw notSortable(sortKey);
}
