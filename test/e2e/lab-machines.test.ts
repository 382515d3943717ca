import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { statusOf } from '../../lab/lab.ts';
import { holdsVariable, leaveVariable, markConsole, untilConsole } from './console.ts';
import { LabBench, writeSystem } from './lab-support.ts';

const execute = promisify(execFile);

describe('lab machines (QEMU, Open vSwitch, ipmitool, the real agent)', function machines() {
  this.timeout(400_000);
  let bench: LabBench;

  before(async () => {
    bench = await LabBench.open('e2e-machines', { nodes: 2, memoryMib: 1024 });
  });
  after(async () => {
    await bench?.close();
  });

  it('boots the real agent over PXE on a UEFI and on a BIOS machine', async () => {
    await bench.serveDhcp();
    const nodes = [bench.node(1), bench.node(2)];
    for (const node of nodes) {
      await bench.plug(node, 100);
      await bench.ipmi(node, 'chassis', 'bootdev', 'pxe', ...(node.firmware === 'uefi' ? ['options=efiboot'] : []));
      await bench.ipmi(node, 'power', 'on');
    }
    for (const node of nodes) {
      const lookup = await bench.untilRequest(
        `lookup of ${node.name}`,
        ({ path, query }) => path === '/v1/lookup' && query.get('addresses') === (node.nics[0]?.mac ?? ''),
      );
      assert.equal(lookup.method, 'GET');
      const heartbeat = await bench.untilRequest(
        `heartbeat of ${node.name}`,
        ({ path }) => path === `/v1/heartbeat/${node.uuid}`,
      );
      assert.match(String(heartbeat.body['callback_url']), /^https:\/\/172\.31\.100\.\d+:9999$/);
      const log = await readFile(node.paths.console, 'latin1');
      assert.ok(!log.includes(String(heartbeat.body['agent_token'])), 'the console log holds the agent token');
    }
  });

  it('shows the agent exactly the disks of the machine, and proves and disproves their erasure', async () => {
    const node = bench.node(1);
    const heartbeat = await bench.untilRequest('heartbeat', ({ path }) => path === `/v1/heartbeat/${node.uuid}`);
    const url = String(heartbeat.body['callback_url']);
    const step = {
      step: { step: 'verify_erasure', interface: 'deploy', args: { samples: 16 } },
      node: { uuid: node.uuid, driver_internal_info: {} },
      ports: [],
    };
    const verify = async (): Promise<{ serial: string; ok: boolean; size: number }[]> => {
      const answer = await bench.agent(url, 'clean.execute_clean_step', step);
      assert.equal(answer['command_status'], 'SUCCEEDED', JSON.stringify(answer));
      return (answer['command_result'] as { clean_result: { disks: { serial: string; ok: boolean; size: number }[] } })
        .clean_result.disks;
    };
    const clean = await verify();
    assert.deepEqual(clean.map((disk) => disk.serial).toSorted(), node.disks.map((disk) => disk.serial).toSorted());
    assert.ok(clean.every((disk) => disk.ok && disk.size === 5 * 1024 ** 3));
    const [virtio] = node.disks;
    await execute('dd', ['if=/dev/urandom', `of=${virtio?.path}`, 'bs=4096', 'count=1', 'conv=notrunc', 'status=none']);
    const dirty = await verify();
    assert.deepEqual(
      dirty.filter((disk) => !disk.ok).map((disk) => disk.serial),
      [virtio?.serial],
    );
  });

  it('drops a one-time override when the guest restarts, and powers off for the agent', async () => {
    const node = bench.node(2);
    assert.match(await bench.ipmi(node, 'chassis', 'bootparam', 'get', '5'), /Boot Flag Invalid/);
    const heartbeat = await bench.untilRequest('heartbeat', ({ path }) => path === `/v1/heartbeat/${node.uuid}`);
    await bench.agent(String(heartbeat.body['callback_url']), 'standby.power_off', {}, 'false');
    await bench.untilPower(node, 'off');
  });

  it('boots the system from the SCSI disk of a BIOS machine, with its config drive and a static address', async () => {
    const node = bench.node(2);
    const [nic] = node.nics;
    const scsi = node.disks.find((disk) => disk.kind === 'scsi');
    await writeSystem(bench, scsi?.path ?? '', {
      'meta_data.json': { uuid: 'e2e-instance-2', hostname: 'two' },
      'network_data.json': {
        links: [{ id: 'l0', type: 'phy', ethernet_mac_address: nic?.mac }],
        networks: [
          { id: 'n0', type: 'ipv4', link: 'l0', ip_address: '172.31.200.22', netmask: '255.255.255.0', routes: [] },
        ],
        services: [],
      },
    });
    await bench.plug(node, 200);
    const since = await markConsole(node);
    await bench.ipmi(node, 'chassis', 'bootdev', 'disk', 'options=persistent');
    await bench.ipmi(node, 'power', 'on');
    const [ready] = await untilConsole(node, /ANNEAL os-ready .*/, since);
    assert.match(ready, /hostname=two instance=e2e-instance-2 firmware=bios boots=1 root=\/dev\/sda2/);
  });

  const page = async (namespace: string | undefined): Promise<string> =>
    bench.inside(['curl', '-s', '--max-time', '4', 'http://172.31.200.22/'], namespace).catch(() => 'unreachable');

  it("serves the tenant's page on the tenant's network only", async () => {
    const { networks } = bench.lab;
    assert.match(await page(networks['tenant-a'].namespace), /<h1>two<\/h1>[\s\S]*e2e-instance-2/);
    for (const name of ['tenant-b', 'provisioning'] as const) {
      const { namespace, interface: port } = networks[name];
      // An address in the machine's subnet, so that only the VLAN keeps them apart.
      await bench.inside(['ip', 'address', 'add', '172.31.200.250/24', 'dev', port], namespace);
      assert.equal(await page(namespace), 'unreachable');
      await bench.inside(['ip', 'address', 'del', '172.31.200.250/24', 'dev', port], namespace);
    }
  });

  it('lets no frame of the machine through to the second tenant', async () => {
    const node = bench.node(2);
    const { namespace, interface: port } = bench.lab.networks['tenant-b'];
    const capture = bench.inside(
      ['timeout', '--preserve-status', '6', 'tcpdump', '-n', '-e', '-i', port, 'ether', 'src', node.nics[0]?.mac ?? ''],
      namespace,
    );
    const witness = bench.inside(
      [
        'timeout',
        '--preserve-status',
        '6',
        'tcpdump',
        '-n',
        '-e',
        '-i',
        bench.lab.networks['tenant-a'].interface,
        'ether',
        'src',
        node.nics[0]?.mac ?? '',
      ],
      bench.lab.networks['tenant-a'].namespace,
    );
    await sleep(1_500);
    await page(bench.lab.networks['tenant-a'].namespace);
    assert.notEqual(
      (await witness).trim(),
      '',
      'the capture on the right network saw nothing, so the other one proves nothing',
    );
    assert.equal((await capture).trim(), '');
  });

  it('gives the serial console over LAN to ipmitool', async () => {
    const node = bench.node(2);
    const { address, username, password } = node.bmc;
    const sol = `ipmitool -I lanplus -C 3 -H ${address} -U ${username} -P ${password} sol activate`;
    const keys =
      "sleep 3; printf '\\r'; sleep 2; printf 'root\\r'; sleep 2; printf 'anneal\\r'; sleep 3; printf 'echo sol-$((6*7))\\r'; sleep 3; printf '\\r~.'; sleep 1";
    const said = await bench.inside(['sh', '-c', `(${keys}) | script -qec '${sol}' /dev/null`]);
    assert.match(said, /login:[\s\S]*sol-42/);
  });

  it('keeps the machine running and its BMC answering over a SIGKILL of machines.ts', async () => {
    const node = bench.node(2);
    const before = (await statusOf(bench.lab)).nodes[1];
    process.kill(bench.lab.processes['machines']?.pid ?? 0, 'SIGKILL');
    await assert.rejects(bench.ipmi(node, '-N', '1', '-R', '1', 'power', 'status'));
    await bench.up();
    assert.deepEqual((await statusOf(bench.lab)).nodes[1], before);
    assert.match(await bench.ipmi(node, 'power', 'status'), /is on/);
    assert.match(
      await bench.ipmi(node, 'chassis', 'bootparam', 'get', '5'),
      /Options apply to all future boots[\s\S]*Hard-Drive/,
    );
  });

  it('shuts the system down by the power button', async () => {
    const node = bench.node(2);
    const since = await markConsole(node);
    await bench.ipmi(node, 'power', 'soft');
    await bench.untilPower(node, 'off');
    await untilConsole(node, /ANNEAL power-button/, since);
  });

  it('panics the kernel by a non-maskable interrupt', async () => {
    const node = bench.node(2);
    const since = await markConsole(node);
    await bench.ipmi(node, 'power', 'on');
    await untilConsole(node, /ANNEAL os-ready/, since);
    await bench.ipmi(node, 'power', 'diag');
    await untilConsole(node, /Kernel panic - not syncing: NMI/, since);
    await bench.ipmi(node, 'power', 'off');
    await bench.untilPower(node, 'off');
  });

  it('brings the BIOS settings of a UEFI machine back to factory by clear CMOS', async () => {
    const node = bench.node(1);
    await bench.ipmi(node, 'power', 'off');
    await bench.untilPower(node, 'off');
    await writeSystem(bench, node.disks.find((disk) => disk.kind === 'nvme')?.path ?? '');
    await bench.plug(node, 200);
    const since = await markConsole(node);
    await bench.ipmi(node, 'chassis', 'bootdev', 'disk', 'options=efiboot,persistent');
    await bench.ipmi(node, 'power', 'on');
    await untilConsole(node, /ANNEAL os-ready .*firmware=uefi .*root=\/dev\/nvme0n1p2/, since);
    await leaveVariable(node, since);
    assert.ok(await holdsVariable(node), 'the variable never reached the NVRAM');
    await bench.ipmi(node, 'power', 'cycle');
    assert.ok(await holdsVariable(node), 'a mere power cycle lost the variable');
    // Boot flags: valid, EFI, persistent; clear CMOS and disk.
    await bench.ipmi(node, 'raw', '0x00', '0x08', '0x05', '0xe0', '0x88', '0', '0', '0');
    await bench.ipmi(node, 'power', 'cycle');
    assert.ok(!(await holdsVariable(node)), 'the variable is still there');
    assert.match(await bench.ipmi(node, 'raw', '0x00', '0x09', '0x05', '0', '0'), /^ 01 05 e0 08/);
  });

  it("fetches the agent's root filesystem over HTTP when the kernel is told so", async () => {
    const node = bench.node(2);
    bench.service.requests.length = 0;
    bench.service.live = 'http';
    await bench.plug(node, 100);
    await bench.ipmi(node, 'chassis', 'bootdev', 'pxe');
    await bench.ipmi(node, 'power', 'on');
    await bench.untilRequest('fetch of the root filesystem', ({ path }) => path === '/agent.squashfs');
    await bench.untilRequest('heartbeat', ({ path }) => path === `/v1/heartbeat/${node.uuid}`);
  });
});
