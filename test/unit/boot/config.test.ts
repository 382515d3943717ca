import assert from 'node:assert/strict';
import { readBootConfig } from '../../../boot/config.ts';

const least = { DATABASE_URL: 'postgresql:///anneal' };
const network = { interface: 'prov0', address: '172.31.100.1', first: '172.31.100.50', last: '172.31.100.250' };

describe('readBootConfig', () => {
  it('needs a database, and runs no DHCP unless told to', () => {
    const config = readBootConfig({ ...least, ANNEAL_BOOT_NETWORKS: '' });
    assert.deepEqual(config.dhcp.networks, []);
    assert.equal(config.port, 8089);
    assert.equal(config.agent.apiUrl, 'http://{host}:6385');
    assert.throws(() => readBootConfig({}), /DATABASE_URL/);
  });

  it('reads networks with their defaults', () => {
    const config = readBootConfig({ ...least, ANNEAL_BOOT_NETWORKS: JSON.stringify([network]) });
    assert.deepEqual(config.dhcp.networks, [{ ...network, netmask: '255.255.255.0' }]);
  });

  it('names what is wrong', () => {
    const wrong: [string, RegExp][] = [
      ['prov0', /ANNEAL_BOOT_NETWORKS[^]*expected JSON|expected JSON[^]*ANNEAL_BOOT_NETWORKS/],
      [JSON.stringify([{ ...network, address: 'here' }]), /IPv4[^]*ANNEAL_BOOT_NETWORKS\[0\]\.address/],
      [
        JSON.stringify([{ ...network, interface: 'prov0\ndhcp-script=/bin/sh' }]),
        /ANNEAL_BOOT_NETWORKS\[0\]\.interface/,
      ],
      [JSON.stringify([{ ...network, gateway: 'x' }]), /gateway/],
    ];
    for (const [text, message] of wrong) {
      assert.throws(() => readBootConfig({ ...least, ANNEAL_BOOT_NETWORKS: text }), message);
    }
  });
});
