import pg from 'pg';
import type { BareMetalError } from '../domain/errors.ts';
import { isUuid } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';
import { pageClauses, Parameters, queryTexts, type Page, type TextRow } from './texts.ts';

type SqlType = 'boolean' | 'integer' | 'jsonb' | 'macaddr' | 'text' | 'text[]' | 'uuid' | 'uuid[]';

/** Makes the condition of one filter; `t` is the table's row. */
export type Condition<Value> = (value: Value, parameters: Parameters) => string;

/** One condition for each filter of a list. */
export type Conditions<Filters> = { readonly [Name in keyof Filters]-?: Condition<NonNullable<Filters[Name]>> };

/** A row whose settings a client of the API makes and changes as a whole; named as the API names them. */
export type RecordRow<Document> = Document & { readonly uuid: string };

interface TableFacts<Document, Text extends string, Filters> {
  readonly table: string;
  /** Whether a row is also found by its `name`. */
  readonly named: boolean;
  /** The SQL type of each column that a client may set. */
  readonly columns: Readonly<Record<keyof Document & string, SqlType>>;
  /** SQL of what is shown and is no column of the same name; `t` is the row. */
  readonly shown: Readonly<Record<Text, string>>;
  readonly conditions: Conditions<Filters>;
  /** Which rows a project sees; without it none. */
  readonly visible?: Condition<string>;
  /** What a broken constraint means to the client. */
  readonly conflicts: Readonly<Record<string, (row: RecordRow<Document>) => BareMetalError>>;
}

/** The statements of a table of records. */
export interface RecordTable<Document, Text extends string = string, Filters = object> {
  /** Adds a row. @throws BareMetalError of the broken constraint */
  insert(db: Queryable, row: RecordRow<Document>): Promise<void>;
  /** The row of this uuid or name, locked until the transaction of `client` ends. */
  lock(client: Queryable, ident: string): Promise<RecordRow<Document> | undefined>;
  /** Sets everything that a client may set; false when there is no such row. @throws as insert */
  update(db: Queryable, row: RecordRow<Document>): Promise<boolean>;
  /** Removes a row; false when there is none. @throws BareMetalError of the broken constraint */
  remove(db: Queryable, row: RecordRow<Document>): Promise<boolean>;
  /** One page, each row as the asked texts in their order. */
  list(
    db: Queryable,
    wanted: {
      texts: readonly RecordText<Document, Text>[];
      filters: Filters;
      page: Page<RecordText<Document, Text>>;
      /** Only what this project sees; null: all. */
      visibleTo: string | null;
    },
  ): Promise<TextRow[]>;
  /** One row by uuid or name, as the asked texts. */
  show(db: Queryable, ident: string, texts: readonly RecordText<Document, Text>[]): Promise<TextRow | undefined>;
  /** Whether the project, or with null anybody, sees a row of this uuid. */
  isVisible(db: Queryable, uuid: string, visibleTo: string | null): Promise<boolean>;
}

/** What belongs to a node is seen by the node's projects. */
export const visibleByNode: Condition<string> = (project, parameters) =>
  `t.node_uuid in (select uuid from nodes where ${parameters.add(project, 'text')} in (owner, lessee))`;

/** What a record can be asked for. */
export type RecordText<Document, Text extends string> = (keyof Document & string) | Text | CommonText;

type CommonText = 'uuid' | 'created_at' | 'updated_at';

const COMMON: Readonly<Record<CommonText, string>> = {
  uuid: 't.uuid',
  created_at: `t.created_at at time zone 'utc'`,
  updated_at: `t.updated_at at time zone 'utc'`,
};

/** Prepares the statements of a table of records (columns id, uuid, created_at, updated_at, and its own). */
export function createRecordTable<Document extends object, Text extends string, Filters extends object>(
  facts: TableFacts<Document, Text, Filters>,
): RecordTable<Document, Text, Filters> {
  return { ...createWriters(facts), ...createReaders(facts) };
}

function createWriters<Document extends object, Text extends string, Filters>(
  facts: TableFacts<Document, Text, Filters>,
): Pick<RecordTable<Document, Text, Filters>, 'insert' | 'lock' | 'update' | 'remove'> {
  const { table, columns } = facts;
  const types = Object.entries<SqlType>(columns);
  const names = types.map(([name]) => name).join(', ');
  const placeholders = types.map(([, type], index) => `$${index + 2}::${type}`);
  const settings = types.map(([name], index) => `${name} = ${placeholders[index]}`).join(', ');
  const valuesOf = (row: RecordRow<Document>): unknown[] => [
    row.uuid,
    ...types.map(([name, type]) => {
      const value = row[name as keyof Document];
      return type === 'jsonb' && value !== null ? JSON.stringify(value) : value;
    }),
  ];
  const run = async (db: Queryable, sql: string, [row, values]: [RecordRow<Document>, unknown[]]): Promise<boolean> => {
    const { rowCount } = await db
      .query(sql, values)
      .catch((error: unknown) => Promise.reject(translated(error, facts.conflicts, row)));
    return rowCount === 1;
  };
  return {
    async insert(db, row) {
      const sql = `insert into ${table} (uuid, ${names}) values ($1::uuid, ${placeholders.join(', ')})`;
      await run(db, sql, [row, valuesOf(row)]);
    },
    async lock(client, ident) {
      const sql = `select uuid, ${names} from ${table} t where ${identified(facts, ident)} for update`;
      const { rows } = await client.query<RecordRow<Document>>(sql, [ident]);
      return rows[0];
    },
    update: (db, row) =>
      run(db, `update ${table} set updated_at = now(), ${settings} where uuid = $1::uuid`, [row, valuesOf(row)]),
    remove: (db, row) => run(db, `delete from ${table} where uuid = $1::uuid`, [row, [row.uuid]]),
  };
}

function createReaders<Document extends object, Text extends string, Filters extends object>(
  facts: TableFacts<Document, Text, Filters>,
): Pick<RecordTable<Document, Text, Filters>, 'list' | 'show' | 'isVisible'> {
  type Column = RecordText<Document, Text>;
  const { table, columns, shown, conditions, visible = () => 'false' } = facts;
  const plain = Object.fromEntries(Object.keys(columns).map((name) => [name, `t.${name}`]));
  const expressions = { ...plain, ...COMMON, ...shown } as Readonly<Record<Column, string>>;
  const selected = (texts: readonly Column[]): string => texts.map((name) => expressions[name]).join(', ');
  return {
    async isVisible(db, uuid, visibleTo) {
      const parameters = new Parameters();
      const where = [`t.uuid = ${parameters.add(uuid, 'uuid')}`];
      if (visibleTo !== null) where.push(visible(visibleTo, parameters));
      const { rowCount } = await db.query(`select from ${table} t where ${where.join(' and ')}`, parameters.values);
      return rowCount === 1;
    },
    async list(db, { texts, filters, page, visibleTo }) {
      const parameters = new Parameters();
      const where = Object.entries(filters).flatMap(([name, value]) => {
        if (value === undefined) return [];
        return [(conditions[name as keyof Filters] as Condition<unknown>)(value, parameters)];
      });
      if (visibleTo !== null) where.push(visible(visibleTo, parameters));
      const clauses = pageClauses(page, { alias: 't', table, sort: expressions, conditions: where, parameters });
      return await queryTexts(db, `select ${selected(texts)} from ${table} t ${clauses}`, parameters.values);
    },
    async show(db, ident, texts) {
      const sql = `select ${selected(texts)} from ${table} t where ${identified(facts, ident)}`;
      const rows = await queryTexts(db, sql, [ident]);
      return rows[0];
    },
  };
}

/** A word that is no uuid names nothing in a table without names. */
function identified({ named }: { named: boolean }, ident: string): string {
  if (isUuid(ident)) return 't.uuid = $1::uuid';
  return named ? 't.name = $1::text' : 'false and $1::text is not null';
}

function translated<Row>(
  error: unknown,
  conflicts: Readonly<Record<string, (row: Row) => BareMetalError>>,
  row: Row,
): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  return conflicts[error.constraint ?? '']?.(row) ?? error;
}
