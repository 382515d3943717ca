import type { NodeText } from '../../db/node-list.ts';
import type { RuleName } from '../../domain/policy/rules.ts';
import { notSortable, refuseUnknownFields, type FieldChoice } from '../field-choice.ts';
import { createRowWriter, type RowWriter } from '../json-text.ts';
import { requireKnown, requireVersion } from '../microversion.ts';
import type { Grant } from '../policy/access.ts';
import type { RequestContext } from '../route.ts';
import { ownersOf } from './access.ts';
import { FIELD_SINCE, LIST_FIELDS, memberOf, NODE_FIELDS } from './fields.ts';

const FIELDS_PARAMETER_SINCE = 8;
// Writers hold no data; a client's choice of fields is free, so their number is bounded.
const MAX_WRITERS = 500;
const writers = new Map<string, RowWriter<NodeText>>();

/**
 * The writer of nodes for one version and choice of fields; the one place that decides what a version shows.
 * @throws BareMetalError `InvalidParameterValue` (unknown field), `NotAcceptable` (field newer than the version)
 */
function nodeWriter(
  { version, origin }: Pick<RequestContext, 'version' | 'origin'>,
  choice: FieldChoice,
  hidden: readonly string[] = [],
): RowWriter<NodeText> {
  const key = JSON.stringify([version, origin, choice, hidden]);
  const known = writers.get(key);
  if (known !== undefined) return known;
  const members = chosenFields(version, choice).map((field) => {
    const redacted = hidden.includes(field.name) ? REDACTED[field.name] : undefined;
    if (redacted === undefined) return memberOf(field, version, origin);
    return { name: field.name, column: field.name as NodeText, as: () => redacted.json };
  });
  const writer = { ...createRowWriter(members), isShared: true } as const;
  if (writers.size >= MAX_WRITERS) writers.clear();
  writers.set(key, writer);
  return writer;
}

/** Fields that not everybody who sees a node sees, the rule that shows each, and what stands there instead (Ironic's words). */
const REDACTED: Readonly<Record<string, { readonly rule: RuleName; readonly json: string }>> = {
  last_error: {
    rule: 'baremetal:node:get:last_error',
    json: '"** Value Redacted - Requires baremetal:node:get:last_error permission. **"',
  },
  reservation: {
    rule: 'baremetal:node:get:reservation',
    json: '"** Redacted - requires baremetal:node:get:reservation permission. **"',
  },
  driver_internal_info: {
    rule: 'baremetal:node:get:driver_internal_info',
    json: '{"content":"** Redacted - Requires baremetal:node:get:driver_internal_info permission. **"}',
  },
  driver_info: {
    rule: 'baremetal:node:get:driver_info',
    json: '{"content":"** Redacted - requires baremetal:node:get:driver_info permission. **"}',
  },
};

/**
 * The writer of nodes for one caller: of each node it shows what the caller may see of it.
 * @throws BareMetalError as nodeWriter
 */
export function visibleWriter(context: RequestContext, choice: FieldChoice): RowWriter<NodeText> {
  const whole = nodeWriter(context, choice);
  if (context.grant.may('baremetal:node:get:filter_threshold')) return whole;
  const at = whole.columns.length;
  const writersOfOwners = new Map<string, RowWriter<NodeText>>();
  return {
    columns: [...whole.columns, 'owner', 'lessee'],
    write(row) {
      const owners = { owner: row[at] ?? null, lessee: row[at + 1] ?? null };
      const key = JSON.stringify(owners);
      const writer = writersOfOwners.get(key) ?? nodeWriter(context, choice, hiddenFrom(context.grant, owners));
      writersOfOwners.set(key, writer);
      return writer.write(row);
    },
  };
}

function hiddenFrom({ may }: Grant, owners: Parameters<typeof ownersOf>[0]): string[] {
  const target = ownersOf(owners);
  return Object.entries(REDACTED).flatMap(([name, { rule }]) => (may(rule, target) ? [] : [name]));
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
  refuseUnknownFields(names, 'a node', (name) => Object.hasOwn(FIELD_SINCE, name));
  requireKnown(version, names, FIELD_SINCE);
}

const SORTABLE: ReadonlySet<string> = new Set(
  NODE_FIELDS.filter((field) => field.as !== undefined && field.sortable !== false).map(({ name }) => name),
);

/** The column to sort by; `id` (null) is the order of creation. @throws BareMetalError `InvalidParameterValue` */
export function sortColumn(version: number, sortKey: string): NodeText | null {
  if (sortKey === 'id') return null;
  if (!SORTABLE.has(sortKey)) throw notSortable(sortKey);
  requireKnown(version, [sortKey], FIELD_SINCE);
  return sortKey as NodeText;
}
