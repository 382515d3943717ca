import type { z } from 'zod';
import type { Queryable } from '../../db/pool.ts';
import type { RecordRow, RecordTable } from '../../db/record-table.ts';
import type { RuleName } from '../../domain/policy/rules.ts';
import type { Encoding } from '../json-text.ts';
import type { Access, Subject } from '../policy/access.ts';
import type { ParsedCall, Refusal, RequestContext } from '../route.ts';

/** One field of a resource as the API shows it. */
export interface ResourceField {
  readonly name: string;
  /** First minor version that shows it; the resource's own when absent. */
  readonly since?: number;
  /** The table's text that it shows, where that has another name. */
  readonly column?: string;
  /** How its column becomes JSON. */
  readonly as?: Encoding | ((text: string | null) => string);
  /** Makes it from the uuid alone: links. */
  readonly of?: (origin: string) => (uuid: string) => string;
  readonly sortable?: false;
  /** Who is refused by the rule sees this instead. */
  readonly redacted?: { readonly rule: RuleName; readonly json: string };
}

/** A new record, or a changed one, before it is stored. */
export interface ResourceChange<Document> {
  readonly document: Document;
  /** What was there before; undefined for a new one. */
  readonly before: RecordRow<Document> | undefined;
  /** Root fields that the client sent or patched. */
  readonly touched: ReadonlySet<string>;
  readonly context: RequestContext;
}

/** A query of a list besides paging, as its schema gave it. */
export type ListFilters = Readonly<Record<string, unknown>>;

/** Who may do what with the records of a resource (domain/policy/rules.ts). */
export interface ResourceAccess {
  readonly list: Access<ParsedCall>;
  readonly show: Access<ParsedCall>;
  readonly create: Access<ParsedCall>;
  readonly update: Access<ParsedCall>;
  readonly remove: Access<ParsedCall>;
  /** The record that a path names, for the policy; absent where records belong to nobody. */
  readonly subject?: (ident: string) => Subject;
  /** What a new record belongs to. */
  readonly subjectOfNew?: (body: unknown) => Subject;
}

/** Which fields a resource has, and from which version on. */
export interface Presented {
  /** Below /v1: `volume/targets`. */
  readonly path: string;
  /** First minor version that has it. */
  readonly since: number;
  readonly fields: readonly ResourceField[];
  /** What a list shows when the client names no fields; everything when absent. */
  readonly listFields?: readonly string[];
  /** What is newer than the request: refused as such, or as if it were not known at all. */
  readonly newer: 'refused' | 'unknown';
  /** An unknown field is not refused by a schema, which names those that there are. */
  readonly hasLooseFields?: true;
}

/**
 * A resource whose records clients create, show, list, patch and delete: everything in which one differs from
 * another.
 */
export interface Resource<Document extends object, Filters extends object> extends Presented {
  /** The member of a list's body that holds the records: `targets`. */
  readonly collection: string;
  /** What one is called in a schema's messages: `target`. */
  readonly word: string;
  /** What one is called in sentences: `Volume target`. */
  readonly title: string;
  /** How older versions refuse it; `isHidden` where only GET is told that there is no such thing. */
  readonly refusal: Omit<Refusal, 'status'> & { readonly isHidden?: true };
  /** What the name or uuid in a path is called when it is neither; absent where nothing is checked. */
  readonly ident?: { readonly name: string; readonly mayBeName?: true };
  /** First version that knows `?detail=`, where that is not 1.43. */
  readonly detailSince?: number;
  /** Has `…/detail`, as the resources from before `?detail=` have. */
  readonly hasDetailPath?: true;
  readonly access: ResourceAccess;
  /** What a client may set, with the value of what it leaves out. */
  readonly document: z.ZodObject<z.ZodRawShape, z.core.$strict> & z.ZodType<Document>;
  /** What a patch may change, in the order of Ironic's message; all of the document when absent. */
  readonly patchable?: readonly string[];
  /** The version that each member of a body came with, where it's newer than the resource. */
  readonly bodySince?: Readonly<Record<string, number>>;
  /** Parameters of a list besides paging and fields. */
  readonly query?: z.ZodRawShape;
  /** The version that each parameter of a list came with. */
  readonly querySince?: Readonly<Record<string, number>>;
  /** What the parameters of a list mean to the table. */
  filtersOf(db: Queryable, query: ListFilters, context: RequestContext): Promise<Filters>;
  readonly table: RecordTable<Document, string, Filters>;
  /** Checks a record against the rest of the world, and completes it; in the transaction that stores it. */
  settle?(client: Queryable, change: ResourceChange<Document>): Promise<Document>;
  /** Refuses to remove a record; in the transaction that would. */
  refuseRemoval?(client: Queryable, row: RecordRow<Document>): Promise<void>;
}
