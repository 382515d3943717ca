import assert from 'node:assert/strict';
import { Transport } from '../../src/session/transport.ts';
import { commands } from '../../src/index.ts';
import { aPair } from '../support/pair.ts';
import { aStranger } from '../support/stranger.ts';

const SHORT = { deadlineMs: 600 };

/** mocha fails a test during which anything is thrown outside of it, so each of these proves that nothing is. */
describe('refusals by the network', () => {
  it('of a port that was closed reject the call alone, at its deadline', async () => {
    const gone = await aPair();
    const other = await aPair();
    try {
      const { port } = gone.server.address;
      const both = other.another({ port });
      await both.getDeviceId();
      await gone.server.stop();
      // The kernel answers each of these datagrams with ICMP port unreachable.
      const refused = assert.rejects(both.getDeviceId(SHORT), { code: 'IpmiTimeout' });
      for (let i = 0; i < 20; i += 1) assert.equal((await other.bmc.getDeviceId()).deviceId, 0x20);
      await refused;
    } finally {
      await gone.stop();
      await other.stop();
    }
  });

  it('of this machine, as of a broadcast, are losses', async () => {
    const pair = await aPair();
    try {
      // Refused with EACCES before anything is sent.
      const broadcast = pair.another({ host: '255.255.255.255' });
      await assert.rejects(broadcast.getDeviceId(SHORT), { code: 'IpmiTimeout' });
      assert.equal((await pair.bmc.getDeviceId()).deviceId, 0x20);
    } finally {
      await pair.stop();
    }
  });

  it('that a socket reports out of band leave it in use', async () => {
    const pair = await aPair();
    const transport = new Transport({ lanes: 1, localAddress: undefined });
    try {
      const remote = { address: '127.0.0.1', port: pair.server.address.port, family: 4, lane: 0 } as const;
      const socket = await transport.ready(remote);
      const refused = Object.assign(new Error('recvmsg ECONNREFUSED'), { code: 'ECONNREFUSED' });
      assert.equal(socket.emit('error', refused), true);
      assert.equal(await transport.ready(remote), socket);
    } finally {
      await transport.close();
      await pair.stop();
    }
  });

  it('of a console that went away leave the virtual BMC serving others', async () => {
    const pair = await aPair({ faults: { delayOutMs: 50 } });
    try {
      const stranger = aStranger(pair.server.address.port);
      stranger.ask(commands.getSystemGuid, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      stranger.stop();
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal((await pair.bmc.getDeviceId()).deviceId, 0x20);
    } finally {
      await pair.stop();
    }
  });
});
