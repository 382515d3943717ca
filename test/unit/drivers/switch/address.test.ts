import assert from 'node:assert/strict';
import { parseOvsdbAddress } from '../../../../drivers/switch/ovs/address.ts';

describe('parseOvsdbAddress', () => {
  it('reads TCP addresses, names, IPv6 in brackets, and unix sockets', () => {
    assert.deepEqual(parseOvsdbAddress('tcp:127.0.0.1:6640'), { host: '127.0.0.1', port: 6640 });
    assert.deepEqual(parseOvsdbAddress('tcp:leaf-1.example:6640'), { host: 'leaf-1.example', port: 6640 });
    assert.deepEqual(parseOvsdbAddress('tcp:[fd00::1]:6640'), { host: 'fd00::1', port: 6640 });
    assert.deepEqual(parseOvsdbAddress('unix:/run/ovs/db.sock'), { path: '/run/ovs/db.sock' });
  });

  it('says what fits when one does not', () => {
    for (const text of ['', 'tcp:leaf-1', 'tcp:leaf-1:0', 'tcp:leaf-1:65536', 'ssl:leaf-1:6640', 'unix:db.sock']) {
      assert.throws(() => parseOvsdbAddress(text), {
        code: 'InvalidParameterValue',
        message: `The OVSDB address "${text}" fits neither tcp:<host>:<port> nor unix:<absolute path>.`,
      });
    }
  });
});
