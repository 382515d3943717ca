import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { closeAgentSession, openAgentSession } from '../../db/agent-sessions.ts';
import { cacheDirectory } from '../../lab/image/cache.ts';
import { buildInitrd } from '../../lab/image/initrd.ts';
import { baseParts } from '../../lab/image/kernel.ts';
import { insertBareNode } from '../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const NAMESPACE = `anneal-boot-${process.pid}`;
const ADDRESS = '172.31.112.1';
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Says what the kernel was told, then powers off. */
const INIT = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
echo "anneal cmdline: $(/bin/busybox cat /proc/cmdline)" > /dev/console
/bin/busybox poweroff -f
`;

/** The boot service as a process, with real firmware as its client: DHCP, iPXE's scripts, kernel and ramdisk over HTTP. */
describe('boot service with QEMU’s firmware and iPXE', function () {
  this.timeout(240_000);
  let folder: string;
  let database: TestDatabase;
  let service: ChildProcess;
  let log = '';

  before(async () => {
    assert.equal(process.getuid?.(), 0, 'this test makes a network namespace and must run as root');
    folder = await mkdtemp(join(tmpdir(), 'anneal-boot-service-'));
    database = await createTestDatabase();
    const base = await baseParts({ cache: cacheDirectory(), log: () => {} });
    await buildInitrd({ base, init: INIT, modules: [], scripts: {} }, join(folder, 'initrd'));
    await run('ip', ['netns', 'add', NAMESPACE]);
    await inNamespace('ip', 'tuntap', 'add', 'dev', 'nic0', 'mode', 'tap');
    await inNamespace('ip', 'address', 'add', `${ADDRESS}/24`, 'dev', 'nic0');
    await inNamespace('ip', 'address', 'add', 'fd00:112::1/64', 'dev', 'nic0', 'nodad');
    await inNamespace('ip', 'link', 'set', 'nic0', 'up');
    service = startService(base.vmlinuz);
    await until(
      () => `a boot service; its log: ${log}`,
      () => log.includes('boot service started'),
    );
  });
  after(async () => {
    if (service?.exitCode === null) {
      service.kill('SIGTERM');
      await once(service, 'exit');
    }
    await run('ip', ['netns', 'del', NAMESPACE]).catch(() => {});
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  function inNamespace(...command: string[]) {
    return run('ip', ['netns', 'exec', NAMESPACE, ...command]);
  }

  function startService(kernel: string): ChildProcess {
    const network = {
      interface: 'nic0',
      address: ADDRESS,
      first: '172.31.112.50',
      last: '172.31.112.99',
      ipv6Prefix: 'fd00:112::',
    };
    const env = {
      ...process.env,
      // By PostgreSQL's unix socket, which is reached from every network namespace.
      DATABASE_URL: database.url,
      ANNEAL_BOOT_NETWORKS: JSON.stringify([network]),
      ANNEAL_BOOT_STATE: folder,
      ANNEAL_AGENT_KERNEL: kernel,
      ANNEAL_AGENT_INITRD: join(folder, 'initrd'),
      ANNEAL_AGENT_KERNEL_PARAMS: 'console=ttyS0 quiet anneal.live={boot}/artifacts/rootfs',
    };
    const node = [process.execPath, '--import', 'tsx', '--conditions=source', 'boot/main.ts'];
    const child = spawn('ip', ['netns', 'exec', NAMESPACE, ...node], {
      cwd: PROJECT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    return child;
  }

  /** A node with one NIC; its machine is to boot the agent when `network` is given. */
  async function addNode(mac: string, network?: 'cleaning' | 'inspection'): Promise<string> {
    const nodeUuid = randomUUID();
    const { pool } = database;
    await insertBareNode(pool, { uuid: nodeUuid, driver: 'ipmi', provision_state: 'clean wait' });
    await pool.query('insert into ports (uuid, node_uuid, address) values ($1, $2, $3)', [randomUUID(), nodeUuid, mac]);
    if (network) await openAgentSession(pool, { nodeUuid, bootId: 'run:1', network });
    return nodeUuid;
  }

  /** Starts a machine without disks and returns its console when it ends, or when the words are there. */
  async function boot(mac: string, firmware: 'bios' | 'uefi', words?: string): Promise<string> {
    const text = join(folder, `${mac.replaceAll(':', '')}.console`);
    await writeFile(text, '');
    const machine = spawn('ip', [
      'netns',
      'exec',
      NAMESPACE,
      'qemu-system-x86_64',
      ...(await machineArguments(mac, firmware, text)),
    ]);
    const ended = once(machine, 'exit');
    try {
      let said = '';
      const isThere = async () => {
        const isOver = machine.exitCode !== null;
        said = await readFile(text, 'latin1');
        return isOver || (words !== undefined && said.includes(words));
      };
      await until(() => `${words}; the machine said: ${said.slice(-2000)}`, isThere, { patienceMs: 180_000 });
      return said;
    } finally {
      if (machine.exitCode === null) machine.kill('SIGKILL');
      await ended;
    }
  }

  async function machineArguments(mac: string, firmware: 'bios' | 'uefi', text: string): Promise<string[]> {
    const common = ['-accel', 'tcg', '-m', '512', '-nodefaults', '-display', 'none', '-vga', 'none', '-no-reboot'];
    const serial = ['-serial', `file:${text}`];
    const nic = [
      '-netdev',
      'tap,id=n0,ifname=nic0,script=no,downscript=no,vnet_hdr=off',
      '-device',
      `virtio-net-pci,netdev=n0,mac=${mac},bootindex=0`,
    ];
    if (firmware === 'bios') return ['-machine', 'pc,graphics=off', ...common, ...serial, ...nic];
    const variables = join(folder, 'vars.fd');
    await copyFile('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
    const flash = [
      'if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd',
      `if=pflash,format=raw,file=${variables}`,
    ];
    return [
      '-machine',
      'q35,graphics=off',
      ...flash.flatMap((drive) => ['-drive', drive]),
      ...common,
      ...serial,
      ...nic,
    ];
  }

  const commandLineOf = (text: string) => /anneal cmdline: ([^\r\n]*)/.exec(text)?.[1]?.split(' ') ?? [];

  for (const firmware of ['bios', 'uefi'] as const) {
    it(`boots the agent’s kernel and ramdisk on a ${firmware.toUpperCase()} machine`, async () => {
      const mac = firmware === 'bios' ? '52:54:00:b5:00:01' : '52:54:00:b5:00:02';
      await addNode(mac, 'inspection');
      const told = commandLineOf(await boot(mac, firmware));
      const expected = [
        'initrd=agent.initrd',
        `ipa-api-url=http://${ADDRESS}:6385`,
        'ipa-collect-lldp=0',
        `BOOTIF=01-${mac.replaceAll(':', '-')}`,
        `ipa-inspection-callback-url=http://${ADDRESS}:6385/v1/continue_inspection`,
        `anneal.live=http://${ADDRESS}:8089/artifacts/rootfs`,
      ];
      assert.deepEqual(
        expected.filter((parameter) => !told.includes(parameter)),
        [],
      );
    });
  }

  it('sends a machine that has no agent to boot to its next boot device', async () => {
    const mac = '52:54:00:b5:00:03';
    const nodeUuid = await addNode(mac, 'cleaning');
    await closeAgentSession(database.pool, nodeUuid);
    const text = await boot(mac, 'bios', 'No bootable device');
    assert.match(text, /Anneal: this machine has no agent to boot[^]*No bootable device/);
  });

  it('stops its DHCP servers when it is told to stop', async () => {
    const pid = Number(await readFile(join(folder, 'dhcp', 'dnsmasq-nic0.pid'), 'utf8'));
    service.kill('SIGTERM');
    const [code] = (await once(service, 'exit')) as [number];
    assert.equal(code, 0, log);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
});
