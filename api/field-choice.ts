import { BareMetalError } from '../domain/errors.ts';

/** Which fields of a record are shown: all, those of a short list, or the named ones. */
export type FieldChoice = 'all' | 'list' | readonly string[];

/** What the query of a list may say of fields. */
export interface FieldQuery {
  readonly fields?: readonly string[] | undefined;
  readonly detail?: boolean | undefined;
}

/** What a query chooses. @throws BareMetalError `InvalidParameterValue` when it asks for all and for some */
export function choiceOf({ fields, detail }: FieldQuery): FieldChoice {
  if (fields !== undefined && detail === true) {
    throw new BareMetalError('InvalidParameterValue', 'Can not specify ?detail=True and fields in the same request.');
  }
  return fields ?? (detail === true ? 'all' : 'list');
}

/** Refuses names of fields that `what` ("a node") doesn't have. @throws BareMetalError `InvalidParameterValue` */
export function refuseUnknownFields(names: readonly string[], what: string, isKnown: (name: string) => boolean): void {
  const unknown = names.filter((name) => !isKnown(name));
  if (unknown.length === 0) return;
  throw new BareMetalError('InvalidParameterValue', `Field(s) "${unknown.join(', ')}" are not valid for ${what}.`);
}

/** The named fields of a view, and its links whatever was asked for. @throws BareMetalError as refuseUnknownFields */
export function onlyFields(
  view: Readonly<Record<string, unknown>>,
  fields: readonly string[] | undefined,
  what: string,
): Readonly<Record<string, unknown>> {
  if (fields === undefined) return view;
  refuseUnknownFields(fields, what, (name) => Object.hasOwn(view, name));
  return Object.fromEntries(Object.entries(view).filter(([name]) => name === 'links' || fields.includes(name)));
}

/** Ironic's words for a list that cannot be sorted that way. */
export function notSortable(sortKey: string): BareMetalError {
  return new BareMetalError('InvalidParameterValue', `The sort_key value "${sortKey}" is an invalid field for sorting`);
}
