import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { startDhcpServers, type DhcpServers } from '../../boot/dnsmasq.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const SERVER = `anneal-dhcp-${process.pid}`;
const CLIENT = `anneal-dhcpc-${process.pid}`;

/** Two networks of one service, as provisioning and cleaning are; the client has a NIC on each. */
const NETWORKS = [
  { interface: 'prov0', peer: 'nic0', subnet: '172.31.110', ipv6: 'fd00:110::' },
  { interface: 'clean0', peer: 'nic1', subnet: '172.31.111', ipv6: 'fd00:111::' },
].map(({ subnet, ...rest }) => ({
  ...rest,
  address: `${subnet}.1`,
  first: `${subnet}.50`,
  last: `${subnet}.99`,
  netmask: '255.255.255.0',
}));
const [PROV, CLEAN] = NETWORKS as [(typeof NETWORKS)[0], (typeof NETWORKS)[0]];

/** The real dnsmasq in a network namespace, asked by a real DHCP client in another. Needs root, as DHCP does. */
describe('managed dnsmasq', () => {
  let folder: string;
  let servers: DhcpServers;

  before(async () => {
    assert.equal(process.getuid?.(), 0, 'this test makes network namespaces and must run as root');
    folder = await mkdtemp(join(tmpdir(), 'anneal-dnsmasq-'));
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'tftp'));
    await writeFile(join(folder, 'tftp', 'undionly.kpxe'), 'a network boot program');
    await writeFile(join(folder, 'dnsmasq'), `#!/bin/sh\nexec ip netns exec ${SERVER} dnsmasq "$@"\n`, { mode: 0o755 });
    await writeFile(join(folder, 'lease'), CLIENT_SCRIPT, { mode: 0o755 });
    for (const namespace of [SERVER, CLIENT]) await run('ip', ['netns', 'add', namespace]);
    for (const network of NETWORKS) await connect(network);
    const networks = NETWORKS.map(({ peer: _peer, ipv6, ...network }) => ({ ...network, ipv6Prefix: ipv6 }));
    const places = {
      stateFolder: join(folder, 'state'),
      program: join(folder, 'dnsmasq'),
      tftpRoot: join(folder, 'tftp'),
    };
    servers = await startDhcpServers({ networks, ...places, httpPort: 8089 }, pino({ level: 'silent' }));
  });
  after(async () => {
    await servers?.stop();
    for (const namespace of [SERVER, CLIENT]) await run('ip', ['netns', 'del', namespace]).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  });

  async function connect({ interface: device, peer, address, ipv6 }: (typeof NETWORKS)[0]): Promise<void> {
    await run('ip', ['-n', SERVER, 'link', 'add', device, 'type', 'veth', 'peer', 'name', peer, 'netns', CLIENT]);
    await run('ip', ['-n', SERVER, 'address', 'add', `${address}/24`, 'dev', device]);
    // nodad: the address is good at once, and with it the router advertisements.
    await run('ip', ['-n', SERVER, 'address', 'add', `${ipv6}1/64`, 'dev', device, 'nodad']);
    await run('ip', ['-n', SERVER, 'link', 'set', device, 'up']);
    await run('ip', ['-n', CLIENT, 'link', 'set', peer, 'up']);
  }

  /** What a client is told that sends these options besides the usual ones. */
  async function ask(nic: string, ...options: string[]): Promise<Record<string, string>> {
    const wanted = ['-O', 'bootfile', '-O', 'tftp', '-O', 'router', '-O', 'dns'];
    const sent = options.flatMap((option) => ['-x', option]);
    const flags = ['-i', nic, '-s', join(folder, 'lease'), '-f', '-q', '-n', '-t', '10', '-T', '1'];
    const { stdout } = await run('ip', ['netns', 'exec', CLIENT, 'busybox', 'udhcpc', ...flags, ...wanted, ...sent]);
    return Object.fromEntries([...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  }

  /** The file that the firmware is told to load, from the header's field or the option. */
  const bootFileOf = (lease: Record<string, string>) => lease['boot_file'] ?? lease['bootfile'];

  it('sends iPXE straight to the script, on each network by its own address', async () => {
    for (const { peer, address, first } of NETWORKS) {
      const lease = await ask(peer, '0xaf:010101');
      assert.equal(bootFileOf(lease), `http://${address}:8089/boot.ipxe`);
      assert.equal(lease['ip']?.replace(/\d+$/, ''), first.replace(/\d+$/, ''));
      assert.equal(lease['router'], undefined);
      assert.equal(lease['dns'], undefined);
    }
  });

  it('gives other firmware a network boot program, by its kind', async () => {
    assert.equal(bootFileOf(await ask(PROV.peer, '0x5d:0000')), 'undionly.kpxe');
    assert.equal(bootFileOf(await ask(PROV.peer, '0x5d:0007')), 'snponly.efi');
    assert.equal(bootFileOf(await ask(CLEAN.peer, '0x5d:0009')), 'snponly.efi');
  });

  it('serves that program over TFTP', async () => {
    const lease = await ask(PROV.peer);
    assert.equal(lease['siaddr'], PROV.address);
    await run('ip', ['-n', CLIENT, 'address', 'replace', `${lease['ip']}/24`, 'dev', PROV.peer]);
    const target = join(folder, 'fetched');
    await run('ip', [
      'netns',
      'exec',
      CLIENT,
      'busybox',
      'tftp',
      '-g',
      '-l',
      target,
      '-r',
      'undionly.kpxe',
      PROV.address,
    ]);
    assert.equal(await readFile(target, 'utf8'), 'a network boot program');
  });

  it('announces the IPv6 prefix, so that iPXE need not wait', async () => {
    await until('an address of the prefix', async () => {
      const { stdout } = await run('ip', ['-n', CLIENT, '-6', 'address', 'show', 'dev', CLEAN.peer, 'scope', 'global']);
      return stdout.includes(CLEAN.ipv6.replace('::', ':'));
    });
  });

  it('answers again after a kill -9, and gives the same machine the same address', async () => {
    const first = await ask(CLEAN.peer);
    const killed = servers.pids()[CLEAN.interface];
    assert.ok(killed);
    process.kill(killed, 'SIGKILL');
    await until('another server', () => ![undefined, killed].includes(servers.pids()[CLEAN.interface]));
    assert.equal((await ask(CLEAN.peer))['ip'], first['ip']);
  });
});

const CLIENT_SCRIPT = '#!/bin/sh\n[ "$1" = bound ] && env\nexit 0\n';
