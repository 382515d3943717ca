/**
 * Sends the same requests to real Ironic and to Anneal and compares the answers field by field. The requests are in
 * tables/, the differences that are meant in accepted.md. ANNEAL_DIFFERENTIAL=nodes,ports runs these tables only.
 */
import assert from 'node:assert/strict';
import { EVERYWHERE, readAccepted, type AcceptedDifference } from './accepted.ts';
import { chosen, describeTable } from './run-table.ts';
import { startServers, type Servers } from './servers.ts';
import { ALL_TABLES } from './tables/index.ts';
import { roles } from './tables/roles.ts';

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

  for (const table of ALL_TABLES.filter(({ name }) => chosen(name))) {
    describeTable(table, { servers: () => servers, accepted, used });
  }

  // Only all tables together can tell; a suite of its own comes after theirs.
  if (chosen(EVERYWHERE))
    describe(EVERYWHERE, () => {
      it('needs each difference that is accepted', () => {
        const idle = accepted.filter((row) => row.table === EVERYWHERE && !used.has(row));
        assert.deepEqual(idle, []);
      });
    });

  it('has a table for each heading of accepted.md', () => {
    const names = new Set([EVERYWHERE, ...[...ALL_TABLES, roles].map(({ name }) => name)]);
    assert.deepEqual(
      accepted.filter((row) => !names.has(row.table)),
      [],
    );
  });
});
