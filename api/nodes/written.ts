import { getVersionedTexts, listNodeTexts, listNodeVersions } from '../../db/node-list.ts';
import type { NodePage, NodeText } from '../../db/node-list.ts';
import type { Queryable } from '../../db/pool.ts';
import type { ApiConfig } from '../config.ts';
import type { RowWriter } from '../json-text.ts';

/** A page of nodes as JSON; `last` is the uuid of the last one where the page is full. */
interface WrittenPage {
  readonly items: readonly Uint8Array[];
  readonly last: string | undefined;
}

interface Written {
  readonly version: string;
  readonly json: Buffer;
}

type Writer = RowWriter<NodeText>;
type Kept = Map<string, Written>;

const MIB = 1024 * 1024;
const byDatabase = new WeakMap<Queryable, WrittenNodes>();

/** What is kept of the nodes of a database. */
export function writtenNodesOf(db: Queryable, { ANNEAL_API_LIST_CACHE_MIB: mib }: ApiConfig): WrittenNodes {
  const known = byDatabase.get(db) ?? new WrittenNodes(db, mib * MIB);
  byDatabase.set(db, known);
  return known;
}

/**
 * Nodes as JSON, kept while their rows stay as they are. Most of what a long list costs is to send, read and write
 * rows that were the same the last time; PostgreSQL is asked for the rows' versions, and then for those that are new.
 */
export class WrittenNodes {
  readonly #db: Queryable;
  readonly #maxBytes: number;
  #bytes = 0;
  /** By writer, then by uuid; a writer that nobody holds any more takes its nodes along. */
  #byWriter = new WeakMap<Writer, Kept>();

  constructor(db: Queryable, maxBytes: number) {
    this.#db = db;
    this.#maxBytes = maxBytes;
  }

  /** One page, in at most two statements; a node that stops to fit between them is left out. */
  async page(writer: Writer, wanted: NodePage): Promise<WrittenPage> {
    if (!writer.isShared) return await this.#writtenAnew(writer, wanted);
    const versions = await listNodeVersions(this.#db, { texts: writer.columns, ...wanted });
    const kept = this.#byWriter.get(writer) ?? new Map<string, Written>();
    const changed: string[] = [];
    const nodes = versions.map(({ uuid, version }) => {
      const node = kept.get(uuid);
      if (node?.version === version) return node;
      changed.push(uuid);
      return undefined;
    });
    const fresh = await this.#write(writer, wanted, changed);
    this.#keep(writer, kept, fresh);
    const items: Buffer[] = [];
    for (const [index, { uuid }] of versions.entries()) {
      const node = nodes[index] ?? fresh.get(uuid);
      if (node !== undefined) items.push(node.json);
    }
    return { items, last: versions.length === wanted.page.limit ? versions.at(-1)?.uuid : undefined };
  }

  async #writtenAnew(writer: Writer, wanted: NodePage): Promise<WrittenPage> {
    const rows = await listNodeTexts(this.#db, { texts: writer.columns, ...wanted });
    const last = rows.length === wanted.page.limit ? rows.at(-1)?.[0] : undefined;
    return { items: rows.map((row) => Buffer.from(writer.write(row))), last: last ?? undefined };
  }

  async #write(writer: Writer, { filters, visibleTo }: NodePage, uuids: readonly string[]): Promise<Kept> {
    if (uuids.length === 0) return new Map();
    const rows = await getVersionedTexts(this.#db, { texts: writer.columns, filters, visibleTo, uuids });
    return new Map(
      rows.map((row) => [row[0] ?? '', { version: row.at(-1) ?? '', json: Buffer.from(writer.write(row)) }]),
    );
  }

  /** When it has become too much, keeping begins anew with what is asked for from now on. */
  #keep(writer: Writer, kept: Kept, fresh: Kept): void {
    for (const [uuid, node] of fresh) {
      this.#bytes += node.json.length - (kept.get(uuid)?.json.length ?? 0);
      kept.set(uuid, node);
    }
    this.#byWriter.set(writer, kept);
    if (this.#bytes <= this.#maxBytes) return;
    this.#byWriter = new WeakMap();
    this.#bytes = 0;
  }
}
