import assert from 'node:assert/strict';
import { ipmiSettingsOf } from '../../../../drivers/ipmi/driver-info.ts';
import { aNode } from './a-bmc.ts';

const settings = (driverInfo: Record<string, unknown>) =>
  ipmiSettingsOf(aNode({ driverInfo: { ipmi_address: '192.0.2.7', ...driverInfo } }));

describe('ipmiSettingsOf', () => {
  it('fills in what Ironic fills in', () => {
    assert.deepEqual(settings({}), {
      bmc: { host: '192.0.2.7', port: 623, username: '', password: '', privilege: 'administrator' },
      disableBootTimeout: true,
      forceBootDevice: false,
      terminalPort: null,
      verifyBootDevice: true,
      supermicro: false,
    });
  });

  it('reads Kg, privilege, suite and flags', () => {
    const { bmc, disableBootTimeout, forceBootDevice } = settings({
      ipmi_hex_kg_key: '00'.repeat(19) + 'ff',
      ipmi_priv_level: 'OPERATOR',
      ipmi_cipher_suite: '17',
      ipmi_disable_boot_timeout: 'no',
      ipmi_force_boot_device: 'TRUE',
    });
    assert.deepEqual(bmc.kg, Buffer.concat([Buffer.alloc(19), Buffer.of(0xff)]));
    assert.deepEqual([bmc.privilege, bmc.cipherSuites], ['operator', [17]]);
    assert.deepEqual([disableBootTimeout, forceBootDevice], [false, true]);
  });

  it('reads the way through other controllers', () => {
    const single = { ipmi_bridging: 'single', ipmi_target_channel: '7', ipmi_target_address: '0x82' };
    assert.deepEqual(settings(single).bmc.bridge, { targetChannel: 7, targetAddress: 0x82 });
    const dual = { ...single, ipmi_bridging: 'dual', ipmi_transit_channel: 6, ipmi_transit_address: '0x72' };
    assert.deepEqual(settings({ ...dual, ipmi_local_address: '0x24' }).bmc.bridge, {
      targetChannel: 7,
      targetAddress: 0x82,
      localAddress: 0x24,
      transitChannel: 6,
      transitAddress: 0x72,
    });
  });
});
