import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { IpmiClient } from 'ipmi-js';
import { createBmcs } from '../../../../drivers/ipmi/bmcs.ts';
import type { Node } from '../../../../domain/node.ts';
import { calling } from '../a-node.ts';
import { ipmiNode, startBmc } from './a-bmc.ts';
import { until } from '../../../support/until.ts';

const HOUR_MS = 3_600_000;

describe('the BMCs of a worker', () => {
  it('are let go of when nobody used them for an hour, as after a node was deleted', async () => {
    const { bmc } = await startBmc();
    const client = new IpmiClient();
    let clock = 0;
    const bmcs = createBmcs(client, 5000, () => clock);
    const read = async (uuid: string): Promise<void> => {
      const node: Node = { ...ipmiNode(bmc), uuid };
      await bmcs.call(calling(node), 'reading', (handle, _settings, options) => handle.getChassisStatus(options));
    };
    await read('used');
    await read('deleted');
    assert.equal(bmc.sessionCount, 2);
    clock = HOUR_MS - 1;
    await read('used');
    clock = HOUR_MS + 1;
    await read('new');
    await until('just the sessions of the nodes that are used', () => bmc.sessionCount === 2);
    await client.close();
    await bmc.stop();
  });

  it('are kept while somebody reads their console, who needs no other call', async () => {
    const { bmc } = await startBmc({ console: () => new PassThrough() });
    const client = new IpmiClient();
    let clock = 0;
    const bmcs = createBmcs(client, 5000, () => clock);
    const watched = { ...ipmiNode(bmc), uuid: 'watched' };
    const screen = await bmcs.call(calling(watched), 'opening', (handle, _settings, options) =>
      handle.openSol(options),
    );
    clock = HOUR_MS + 1;
    await bmcs.call(calling({ ...watched, uuid: 'new' }), 'reading', (handle) => handle.getChassisStatus());
    assert.equal(screen.destroyed, false);
    await client.close();
    await bmc.stop();
  });
});
