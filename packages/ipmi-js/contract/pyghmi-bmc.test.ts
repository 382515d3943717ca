import assert from 'node:assert/strict';
import { IpmiClient } from '../src/index.ts';
import { until } from '../test/support/pair.ts';
import { freeUdpPort, installed, start } from './support/programs.ts';

describe('client against pyghmi’s Bmc class', () => {
  it('does every power action, the diagnostic interrupt included', async () => {
    const port = await freeUdpPort();
    const script = new URL('./support/pyghmi-bmc.py', import.meta.url).pathname;
    const server = start(installed('pyghmi', 'bin', 'python'), [script, String(port)]);
    const client = new IpmiClient();
    try {
      const bmc = client.bmc({ host: '127.0.0.1', port, username: 'admin', password: 'secret' });
      assert.equal((await bmc.getChassisStatus({ deadlineMs: 20_000 })).powerOn, false);
      for (const action of ['on', 'reset', 'nmi', 'cycle', 'soft'] as const) await bmc.chassisControl(action);
      await until(() => server.output().includes('soft'));
      assert.deepEqual(server.output().trim().split('\n'), ['on', 'reset', 'nmi', 'cycle', 'soft']);
      await bmc.setBootDevice('disk');
      assert.equal((await bmc.getBootOptions()).flags.device, 'disk');
    } finally {
      await client.close();
      await server.stop();
    }
  }).timeout(60_000);
});
