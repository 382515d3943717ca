import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { dnsmasqConfig } from '../../../boot/dnsmasq-config.ts';
import { startDhcpServers, type DhcpServers } from '../../../boot/dnsmasq.ts';
import { until } from '../../support/until.ts';

const network = {
  interface: 'prov0',
  address: '172.31.100.1',
  first: '172.31.100.50',
  last: '172.31.100.250',
  netmask: '255.255.255.0',
  ipv6Prefix: 'fd00:100::',
};

describe('dnsmasqConfig', () => {
  const places = { httpPort: 8089, leaseFile: '/run/leases', tftpRoot: '/usr/lib/ipxe' };

  it('keeps to its device, and says what iPXE needs to boot without delay', () => {
    const lines = dnsmasqConfig(network, places).split('\n');
    const needed = [
      'interface=prov0',
      'bind-interfaces',
      'port=0',
      'no-ping',
      'dhcp-range=172.31.100.50,172.31.100.250,255.255.255.0,10m',
      'dhcp-option=encap:175,176,1b',
      'dhcp-boot=tag:ipxe,http://172.31.100.1:8089/boot.ipxe',
      'dhcp-boot=tag:!ipxe,tag:uefi,snponly.efi,,172.31.100.1',
      'dhcp-boot=tag:!ipxe,tag:!uefi,undionly.kpxe,,172.31.100.1',
      'tftp-no-fail',
      'enable-ra',
      'dhcp-range=fd00:100::,ra-only,64,10m',
    ];
    assert.deepEqual(
      needed.filter((line) => !lines.includes(line)),
      [],
    );
  });

  it('announces no router without an IPv6 prefix', () => {
    const { ipv6Prefix: _none, ...ipv4Only } = network;
    assert.ok(!dnsmasqConfig(ipv4Only, places).includes('enable-ra'));
  });
});

/** The supervision, with a program in dnsmasq's place; dnsmasq itself is in test/contract/dnsmasq.test.ts. */
describe('startDhcpServers', () => {
  let folder: string;
  let program: string;
  let servers: DhcpServers | undefined;
  const log = pino({ level: 'silent' });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-dhcp-'));
    program = join(folder, 'stand-in');
    await writeFile(program, '#!/bin/sh\nexec sleep 1000\n');
    await chmod(program, 0o755);
  });
  afterEach(async () => {
    await servers?.stop();
    servers = undefined;
    await rm(folder, { recursive: true });
  });

  const start = () =>
    startDhcpServers({ networks: [network], stateFolder: folder, program, tftpRoot: '/nowhere', httpPort: 8089 }, log);

  const isAlive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  it('writes configuration and pid, and ends the process on stop', async () => {
    servers = await start();
    const pid = await until('a pid', () => servers?.pids()['prov0']);
    assert.match(await readFile(join(folder, 'dnsmasq-prov0.conf'), 'utf8'), /interface=prov0/);
    assert.equal(await readFile(join(folder, 'dnsmasq-prov0.pid'), 'utf8'), String(pid));
    await servers.stop();
    assert.equal(isAlive(pid), false);
    await assert.rejects(readFile(join(folder, 'dnsmasq-prov0.pid')), { code: 'ENOENT' });
  });

  it('starts a server that died again', async () => {
    servers = await start();
    const first = await until('a pid', () => servers?.pids()['prov0']);
    process.kill(first, 'SIGKILL');
    const second = await until('another pid', () =>
      [servers?.pids()['prov0']].find((pid) => pid !== undefined && pid !== first),
    );
    assert.ok(isAlive(second));
  });

  it('stops while a program that does not exist is tried again and again', async () => {
    program = join(folder, 'not-there');
    servers = await start();
    await sleep(50);
    await servers.stop();
    assert.equal(servers.pids()['prov0'], undefined);
  });

  it('ends what an earlier boot service left behind, and nobody else', async () => {
    const idle = ['-e', 'setInterval(() => {}, 1000)', '--', `--conf-file=${join(folder, 'dnsmasq-prov0.conf')}`];
    const left = spawn(process.execPath, idle, { stdio: 'ignore' });
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const exits = {
      left: new Promise((resolve) => left.once('exit', resolve)),
      stranger: new Promise((resolve) => stranger.once('exit', resolve)),
    };
    await writeFile(join(folder, 'dnsmasq-prov0.pid'), String(left.pid));
    servers = await start();
    await exits.left;
    await servers.stop();
    await writeFile(join(folder, 'dnsmasq-prov0.pid'), String(stranger.pid));
    servers = await start();
    assert.equal(isAlive(stranger.pid ?? 0), true);
    stranger.kill();
    await exits.stranger;
  });
});
