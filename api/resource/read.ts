import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import { isUuid } from '../../domain/ids.ts';
import { choiceOf, type FieldChoice } from '../field-choice.ts';
import { refuseNewer, requireKnown } from '../microversion.ts';
import { pageLimit, pageOf, refuseEarlyDetail } from '../page.ts';
import { commaList, pageShape, queryBoolean } from '../query-values.ts';
import type { Answer, RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import type { Resource } from './definition.ts';
import { resourceWriter, sortColumn } from './present.ts';

const choiceShape = { fields: commaList.optional(), detail: queryBoolean.optional() };

/** Query of a show. */
export const ShowQuery = z.strictObject({ fields: choiceShape.fields });

/** Query of a list, as the schemas below give it. */
export interface ResourceQuery extends Readonly<Record<string, unknown>> {
  readonly limit?: number | undefined;
  readonly marker?: string | undefined;
  readonly sort_key: string;
  readonly sort_dir: 'asc' | 'desc';
  readonly fields?: readonly string[] | undefined;
  readonly detail?: boolean | undefined;
}

/** Schema of a list's query; `…/detail` takes no choice of fields. */
export function listQuery(own: z.ZodRawShape = {}, isDetail = false): z.ZodType<ResourceQuery> {
  const shape = { ...pageShape, ...own, ...(isDetail ? {} : choiceShape) };
  return z.strictObject(shape) as unknown as z.ZodType<ResourceQuery>;
}

const FIELDS_SINCE = 8;

/** A list of records; one statement for them all. */
export async function listRecords<Document extends object, Filters extends object>(
  { db, config }: Tools,
  resource: Resource<Document, Filters>,
  { query, context, always, within }: ListCall<Filters>,
): Promise<Answer> {
  const { limit: asked, marker, sort_key, sort_dir, fields, detail, ...filters } = query;
  refuseNewer(context.version, Object.keys(query), { fields: FIELDS_SINCE });
  requireKnown(context.version, Object.keys(query), resource.querySince ?? {});
  const writer = resourceWriter(resource, always ?? choiceAt(resource, query, context), context);
  const page = {
    sortKey: sortColumn(resource, context.version, sort_key),
    descending: sort_dir === 'desc',
    marker: marker ?? null,
    limit: pageLimit(asked, config),
  };
  const visibleTo = context.grant.project;
  if (marker !== undefined && !(await resource.table.isVisible(db, marker, visibleTo))) {
    throw notFound(resource, marker);
  }
  const wanted = { ...(await resource.filtersOf(db, filters, context)), ...within };
  const rows = await resource.table.list(db, { texts: writer.columns, filters: wanted, page, visibleTo });
  const link = { sort_key, sort_dir, detail, fields, ...filters };
  const short = always === undefined && detail !== true ? resource.listFields : undefined;
  return pageOf(resource.collection, rows, { writer, query: link, context, limit: page.limit, fields: short });
}

interface ListCall<Filters> {
  readonly query: ResourceQuery;
  readonly context: RequestContext;
  /** The fields of `…/detail`. */
  readonly always?: FieldChoice | undefined;
  /** What the path narrows the list to. */
  readonly within?: Partial<Filters> | undefined;
}

function choiceAt(
  { detailSince }: { readonly detailSince?: number },
  query: ResourceQuery,
  { version }: RequestContext,
): FieldChoice {
  refuseEarlyDetail(version, query.detail, detailSince);
  return choiceOf(query);
}

/** One record by uuid or name. @throws BareMetalError `NotFound`, and as resourceWriter */
export async function showRecord<Document extends object, Filters extends object>(
  { db }: Tools,
  resource: Resource<Document, Filters>,
  ident: string,
  { context, fields }: { context: RequestContext; fields?: readonly string[] | undefined },
): Promise<Answer> {
  checkIdent(resource, ident);
  if (fields !== undefined) refuseNewer(context.version, ['fields'], { fields: FIELDS_SINCE });
  const writer = resourceWriter(resource, fields ?? 'all', context);
  const row = await resource.table.show(db, ident, writer.columns);
  if (row === undefined) throw notFound(resource, ident);
  return { status: 200, json: writer.write(row) };
}

const LOGICAL_NAME = /^[A-Za-z0-9\-._~]+$/;

/** Refuses what can't name a record. @throws BareMetalError `InvalidParameterValue` */
export function checkIdent({ ident: rule }: Pick<Resource<object, object>, 'ident'>, ident: string): void {
  if (rule === undefined || isUuid(ident) || (rule.mayBeName && LOGICAL_NAME.test(ident))) return;
  const kind = rule.mayBeName ? 'UUID or name' : 'UUID';
  throw new BareMetalError('InvalidParameterValue', `Expected ${kind} for ${rule.name}: ${ident}`);
}

/** What a client is told of a record that isn't there. */
export function notFound({ title }: { title: string }, ident: string): BareMetalError {
  return new BareMetalError('NotFound', `${title} ${ident} could not be found.`);
}
