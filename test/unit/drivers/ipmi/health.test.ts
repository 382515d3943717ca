import assert from 'node:assert/strict';
import { IpmiClient } from 'ipmi-js';
import { healthOf } from '../../../../drivers/ipmi/health.ts';
import { PASSWORD, startBmc } from './a-bmc.ts';

describe('the health of a machine with IPMI', () => {
  it('is the worst of the faults in its chassis status', async () => {
    const client = new IpmiClient();
    const { bmc } = await startBmc();
    const { port } = bmc.address;
    const well = await client.bmc({ host: '127.0.0.1', port, username: 'ops', password: PASSWORD }).getChassisStatus();
    await client.close();
    await bmc.stop();
    assert.equal(healthOf(well), 'OK');
    assert.equal(healthOf({ ...well, intrusion: true, frontPanelLockout: true, lastOffByFault: true }), 'OK');
    for (const fault of ['driveFault', 'powerControlFault'] as const)
      assert.equal(healthOf({ ...well, [fault]: true }), 'Warning', fault);
    for (const fault of ['powerFault', 'powerOverload', 'coolingFault'] as const)
      assert.equal(healthOf({ ...well, [fault]: true, driveFault: true }), 'Critical', fault);
  });
});
