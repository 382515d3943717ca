import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { inTransaction } from '../../db/pool.ts';
import { patchDocument, rootOf } from '../json-patch.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { refuseNewer } from '../microversion.ts';
import type { PatchBody } from '../nodes/schemas.ts';
import { parseInput } from '../parse-input.ts';
import type { RequestContext } from '../route.ts';
import type { Resource, ResourceChange } from './definition.ts';
import { checkIdent, notFound } from './read.ts';

/** A body of a POST: the document, and maybe the uuid that the client wants. */
export type NewRecord<Document> = Document & { readonly uuid?: string | null | undefined };

/** Adds a record. @returns its uuid @throws BareMetalError of the schema, of the table, or of `settle` */
export async function createRecord<Document extends object, Filters extends object>(
  db: pg.Pool,
  resource: Resource<Document, Filters>,
  body: NewRecord<Document>,
  { sent, context }: { sent: readonly string[]; context: RequestContext },
): Promise<string> {
  checkSent(resource, context.version, sent);
  const { uuid: asked, ...rest } = body;
  // What is left of a document and its uuid is the document.
  const document = rest as unknown as Document;
  const uuid = asked ?? randomUUID();
  await inTransaction(db, async (client) => {
    const change: ResourceChange<Document> = { document, before: undefined, touched: new Set(sent), context };
    const settled = (await resource.settle?.(client, change)) ?? document;
    await resource.table.insert(client, { ...settled, uuid });
  });
  return uuid;
}

type Body = Pick<Resource<object, object>, 'newer' | 'bodySince' | 'word' | 'patchable' | 'document'>;

/** Refuses members of a body that the version doesn't know. @throws BareMetalError as the resource has it */
function checkSent(
  { newer, bodySince = {}, word }: Pick<Body, 'newer' | 'bodySince' | 'word'>,
  version: number,
  sent: readonly string[],
): void {
  if (newer === 'refused') refuseNewer(version, sent, bodySince);
  const unknown = sent.find((name) => version < (bodySince[name] ?? 0));
  if (unknown === undefined) return;
  const message = `Schema error for ${word}: Additional properties are not allowed ('${unknown}' was unexpected)`;
  throw new BareMetalError('InvalidParameterValue', message);
}

function patchableAt({ newer, bodySince = {}, patchable, document }: Body, version: number): readonly string[] {
  const all = patchable ?? Object.keys(document.shape);
  return newer === 'refused' ? all : all.filter((name) => version >= (bodySince[name] ?? 0));
}

/** Changes a record by a JSON patch, under a row lock. @returns its uuid @throws BareMetalError as createRecord */
export async function patchRecord<Document extends object, Filters extends object>(
  db: pg.Pool,
  resource: Resource<Document, Filters>,
  ident: string,
  { patch, context }: { patch: PatchBody; context: RequestContext },
): Promise<string> {
  const touched = new Set(patch.map(({ path }) => rootOf(path)));
  checkIdent(resource, ident);
  const allowed = patchableAt(resource, context.version);
  if (resource.newer === 'refused') refuseNewer(context.version, touched, resource.bodySince ?? {});
  return await inTransaction(db, async (client) => {
    const before = await resource.table.lock(client, ident);
    if (before === undefined) throw notFound(resource, ident);
    const { uuid, ...kept } = before;
    const patched = patchDocument(kept, patch, allowed);
    const document = parseInput<Document>(resource.document, patched, 'patch') as Document;
    const settled = (await resource.settle?.(client, { document, before, touched, context })) ?? document;
    await resource.table.update(client, { ...settled, uuid });
    return uuid;
  });
}

/** Removes a record. @throws BareMetalError `NotFound`, or of `refuseRemoval` or the table */
export async function removeRecord<Document extends object, Filters extends object>(
  db: pg.Pool,
  resource: Resource<Document, Filters>,
  ident: string,
): Promise<void> {
  checkIdent(resource, ident);
  await inTransaction(db, async (client) => {
    const row = await resource.table.lock(client, ident);
    if (row === undefined) throw notFound(resource, ident);
    await resource.refuseRemoval?.(client, row);
    await resource.table.remove(client, row);
  });
}
