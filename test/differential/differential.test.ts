/**
 * Sends the same requests to real Ironic and to Anneal and compares the answers field by field. The requests are in
 * tables/, the differences that are meant in accepted.md. ANNEAL_DIFFERENTIAL=nodes,ports runs these tables only.
 */
import assert from 'node:assert/strict';
import { accepts, EVERYWHERE, readAccepted, type AcceptedDifference } from './accepted.ts';
import { describeDifferences, differences } from './compare.ts';
import { normalise, type Surroundings } from './normalise.ts';
import { ask, empty, startServers, untilAtRest, type Server, type Servers } from './servers.ts';
import type { Ask, Table } from './table.ts';
import { ALL_TABLES } from './tables/index.ts';

const chosen = process.env['ANNEAL_DIFFERENTIAL']?.split(',');
const tables = ALL_TABLES.filter(({ name }) => chosen === undefined || chosen.includes(name));
const accepted = readAccepted();

describe('differences between Ironic and Anneal', function () {
  // Two services that start on a busy machine take their time.
  this.timeout(180_000);
  const used = new Set<AcceptedDifference>();
  let servers: Servers;
  let stop = () => Promise.resolve();
  before(async () => {
    servers = await startServers();
    stop = () => servers.stop();
  });
  after(() => stop());

  for (const table of tables) {
    describe(table.name, () => {
      const rows = accepted.filter((row) => row.table === table.name || row.table === EVERYWHERE);
      const given = uuidsOf(table);
      for (const one of table.asks) {
        for (const version of one.at ?? ['latest']) {
          it(nameOf(one, version), () => compare(servers, { one, version, given, rows, used }));
        }
      }
      after(() => Promise.all([empty(servers.ironic), empty(servers.anneal)]));
      it('needs each difference that is accepted for it', () => {
        const idle = rows.filter((row) => row.table === table.name && !used.has(row));
        assert.deepEqual(idle, []);
      });
    });
  }

  // Only all tables together can tell.
  if (chosen === undefined)
    it('needs each difference that is accepted everywhere', () => {
      const idle = accepted.filter((row) => row.table === EVERYWHERE && !used.has(row));
      assert.deepEqual(idle, []);
    });

  it('has a table for each heading of accepted.md', () => {
    const names = new Set([EVERYWHERE, ...ALL_TABLES.map(({ name }) => name)]);
    assert.deepEqual(
      accepted.filter((row) => !names.has(row.table)),
      [],
    );
  });
});

function nameOf({ send, body }: Ask, version: string): string {
  const sent = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`;
  return `${send}${sent.length > 120 ? `${sent.slice(0, 120)}…` : sent} @${version}`;
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
  const { until } = one;
  const settled = until && Promise.all([ironic, anneal].map((server) => untilAtRest(server, until)));
  const found = differences(...answers);
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
