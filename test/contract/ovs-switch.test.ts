import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { OvsSwitch } from '../../drivers/switch/ovs/ovs-switch.ts';
import { startOpenVSwitch, whyNoOpenVSwitch } from './open-vswitch.ts';
import type { OpenVSwitch } from './open-vswitch.ts';
import { itIsASwitch } from './switch.contract.ts';

const TIMES = { connectMs: 3000, requestMs: 3000, applyMs: 3000 };
const patience = (): AbortSignal => AbortSignal.timeout(15_000);

describe('Open vSwitch by OVSDB', () => {
  let ovs: OpenVSwitch;
  let leaf: OvsSwitch;

  before(async function () {
    const why = await whyNoOpenVSwitch();
    if (why !== undefined) {
      process.stderr.write(`Open vSwitch tests are skipped: ${why}\n`);
      this.skip();
    }
    ovs = await startOpenVSwitch();
  });
  after(() => ovs?.close());

  beforeEach(async () => {
    for (const port of ['p1', 'p2']) await ovs.addPort(port);
    leaf = new OvsSwitch('leaf-1', { ovsdb: ovs.ovsdb, bridge: 'br0' }, TIMES);
  });
  afterEach(async () => {
    await leaf.close();
    for (const port of ['p1', 'p2']) await ovs.removePort(port);
  });

  itIsASwitch(() => ({
    driver: leaf,
    ports: ['p1', 'p2'],
    async look(port) {
      const tag = await ovs.vsctl('get', 'port', port, 'tag');
      return tag === '[]' ? null : Number(tag);
    },
    async meddle(port, vlan) {
      await ovs.vsctl('set', 'port', port, `tag=${vlan}`);
    },
  }));

  it('makes an access port of a trunk', async () => {
    await ovs.vsctl('set', 'port', 'p1', 'vlan_mode=native-untagged', 'tag=100', 'trunks=100,200');
    await leaf.setPortVlan('p1', 100, patience());
    assert.equal(await ovs.vsctl('get', 'port', 'p1', 'vlan_mode', 'trunks'), 'access\n[]');
  });

  it('names the bridges there are when its own is missing', async () => {
    const odd = new OvsSwitch('leaf-1', { ovsdb: ovs.ovsdb, bridge: 'br9' }, TIMES);
    await assert.rejects(odd.setPortVlan('p1', 100, patience()), {
      code: 'SwitchNotFound',
      message: `Switch leaf-1 at ${ovs.ovsdb} has no bridge "br9"; it has br0. Correct the switch's settings.`,
    });
    await odd.close();
  });

  it('does not take a port of another bridge for its own', async () => {
    await ovs.vsctl('add-br', 'br1', '--', 'set', 'bridge', 'br1', 'datapath_type=netdev');
    await ovs.vsctl('add-port', 'br1', 'q1', '--', 'set', 'interface', 'q1', 'type=internal');
    await assert.rejects(leaf.setPortVlan('q1', 100, patience()), { code: 'SwitchPortNotFound' });
    await ovs.vsctl('del-br', 'br1');
  });

  it('says that the change was not applied while ovs-vswitchd is down, and applies it afterwards', async () => {
    await ovs.stopSwitching();
    for (let round = 0; round < 2; round += 1) {
      await assert.rejects(leaf.setPortVlan('p1', 120, patience()), {
        code: 'SwitchUnreachable',
        message:
          'Switch leaf-1 took the VLAN of port p1 into its database but did not apply it within 3 s; is ovs-vswitchd running?',
      });
    }
    await ovs.startSwitching();
    assert.deepEqual(await leaf.setPortVlan('p1', 120, patience()), { vlan: 120 });
  });

  it('connects anew after the database was restarted', async () => {
    await leaf.setPortVlan('p1', 130, patience());
    await ovs.stopDatabase();
    await assert.rejects(leaf.getPortVlan('p1', patience()), {
      code: 'SwitchUnreachable',
      message: /^Switch leaf-1 at unix:.* does not answer while reading port p1: .*(ECONNREFUSED|ENOENT)/,
    });
    await ovs.startDatabase();
    assert.deepEqual(await leaf.setPortVlan('p1', 131, patience()), { vlan: 131 });
  });

  describe('over a line that somebody cuts', () => {
    let line: Server;
    let sockets: Socket[];
    let muted: boolean;
    let far: OvsSwitch;
    beforeEach(async () => {
      sockets = [];
      muted = false;
      line = createServer((near) => {
        const upstream = connect(ovs.socketPath);
        sockets.push(near, upstream);
        for (const socket of [near, upstream]) socket.on('error', () => {});
        near.on('data', (chunk) => muted || upstream.write(chunk));
        upstream.on('data', (chunk) => {
          // Byte by byte, so that the reader sees every cut.
          for (const byte of chunk) near.write(Uint8Array.of(byte));
        });
      });
      await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
      const { port } = line.address() as AddressInfo;
      far = new OvsSwitch('leaf-2', { ovsdb: `tcp:127.0.0.1:${port}`, bridge: 'br0' }, { ...TIMES, requestMs: 500 });
    });
    afterEach(async () => {
      await far.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => line.close(resolve));
    });

    it('works over TCP, byte by byte', async () => {
      assert.deepEqual(await far.setPortVlan('p1', 140, patience()), { vlan: 140 });
    });

    it('uses one connection for many flips', async () => {
      for (let vlan = 150; vlan < 160; vlan += 1) await far.setPortVlan('p1', vlan, patience());
      assert.equal(sockets.length, 2, 'one socket on each side of the line');
    });

    it('goes on over a new connection when the kept one was cut', async () => {
      await far.setPortVlan('p1', 141, patience());
      for (const socket of sockets) socket.destroy();
      assert.deepEqual(await far.setPortVlan('p1', 142, patience()), { vlan: 142 });
    });

    it('says so when the switch falls silent', async () => {
      await far.setPortVlan('p1', 143, patience());
      muted = true;
      await assert.rejects(far.setPortVlan('p1', 144, patience()), {
        code: 'SwitchUnreachable',
        message:
          /^Switch leaf-2 at tcp:.* does not answer while setting port p1 to VLAN 144: no answer to "\w+" within 500 ms\.$/,
      });
      muted = false;
      assert.deepEqual(await far.setPortVlan('p1', 144, patience()), { vlan: 144 });
    });
  });

  it('is refused clearly where nothing listens', async () => {
    const gone = new OvsSwitch('leaf-9', { ovsdb: 'tcp:127.0.0.1:1', bridge: 'br0' }, TIMES);
    await assert.rejects(gone.setPortVlan('p1', 100, patience()), {
      code: 'SwitchUnreachable',
      message:
        'Switch leaf-9 at tcp:127.0.0.1:1 does not answer while setting port p1 to VLAN 100: connect ECONNREFUSED 127.0.0.1:1.',
    });
  });
});
