import assert from 'node:assert/strict';
import { accepts, EVERYWHERE, type AcceptedDifference } from './accepted.ts';
import { describeDifferences, differences } from './compare.ts';
import { normalise, type Surroundings } from './normalise.ts';
import { noteWordings } from './wordings.ts';
import { ask, empty, putInto, untilAtRest, type Server, type Servers } from './servers.ts';
import type { Ask, Table } from './table.ts';

const wanted = process.env['ANNEAL_DIFFERENTIAL']?.split(',');

/** Whether a table is to be run. */
export const chosen = (table: string): boolean => wanted === undefined || wanted.includes(table);

/** What tables are run with. */
interface Run {
  /** Known once they are started. */
  readonly servers: () => Servers;
  readonly accepted: readonly AcceptedDifference[];
  /** Gets the rows that were needed. */
  readonly used: Set<AcceptedDifference>;
}

/** Describes a test for each request of a table at each of its versions. */
export function describeTable(table: Table, { servers, accepted, used }: Run): void {
  describe(table.name, () => {
    const rows = accepted.filter((row) => row.table === table.name || row.table === EVERYWHERE);
    const given = uuidsOf(table);
    for (const one of table.asks) {
      for (const version of one.at ?? ['latest']) {
        it(nameOf(one, version), () => compare(servers(), { one, version, given, rows, used }));
      }
    }
    after(() => Promise.all([empty(servers().ironic), empty(servers().anneal)]));
    it('needs each difference that is accepted for it', () => {
      const idle = rows.filter((row) => row.table === table.name && !used.has(row));
      assert.deepEqual(idle, []);
    });
  });
}

function nameOf({ send, body, as }: Ask, version: string): string {
  const sent = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`;
  const who = as === undefined ? '' : `${as}: `;
  return `${who}${send}${sent.length > 120 ? `${sent.slice(0, 120)}…` : sent} @${version}`;
}

interface Comparison {
  readonly one: Ask;
  readonly version: string;
  readonly given: ReadonlySet<string>;
  readonly rows: readonly AcceptedDifference[];
  readonly used: Set<AcceptedDifference>;
}

async function compare({ ironic, anneal }: Servers, { one, version, given, rows, used }: Comparison): Promise<void> {
  const answerOf = async (server: Server) => {
    const around: Surroundings = { ...server, given, texts: one.texts ?? 'any' };
    return normalise(await ask(server, one, version), around);
  };
  const answers = await Promise.all([answerOf(ironic), answerOf(anneal)]);
  const { until, put } = one;
  const settled = Promise.all(
    [ironic, anneal].map(async (server) => {
      if (until) await untilAtRest(server, until);
      if (put) await putInto(server, put);
    }),
  );
  const found = differences(...answers);
  noteWordings(found);
  const request = nameOf(one, version);
  const meant = found.map((difference) => rows.find((row) => accepts(row, request, difference)));
  for (const row of meant) if (row !== undefined) used.add(row);
  await settled;
  const left = found.filter((_, index) => meant[index] === undefined);
  assert.equal(left.length, 0, `\n${describeDifferences(left)}`);
}

/** Uuids that the requests of a table name: they are the same on both sides. */
function uuidsOf({ asks }: Table): ReadonlySet<string> {
  const text = JSON.stringify(asks);
  return new Set(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g));
}
