/**
 * The same requests by people of several roles and scopes, to real Ironic and to Anneal, which both ask the same real
 * Keystone who somebody is.
 */
import { readAccepted, type AcceptedDifference } from './accepted.ts';
import { startPeople } from './people.ts';
import { chosen, describeTable } from './run-table.ts';
import { startServers, type Servers } from './servers.ts';
import { roles } from './tables/roles.ts';

if (chosen(roles.name))
  describe('differences between Ironic and Anneal with Keystone', function () {
    // Three services that start on a busy machine take their time.
    this.timeout(300_000);
    let servers: Servers;
    let stop = () => Promise.resolve();
    before(async () => {
      const people = await startPeople();
      stop = () => people.stop();
      servers = await startServers(people);
      stop = async () => {
        await servers.stop();
        await people.stop();
      };
    });
    after(() => stop());

    describeTable(roles, { servers: () => servers, accepted: readAccepted(), used: new Set<AcceptedDifference>() });
  });
