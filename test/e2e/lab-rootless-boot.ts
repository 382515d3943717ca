import { readFile } from 'node:fs/promises';
import { markConsole, untilConsole } from './console.ts';
import type { Firmware } from '../../lab/state.ts';
import { LabBench, writeSystem } from './lab-support.ts';

/**
 * Run by lab-rootless.test.ts as a user without any right, with the firmware as its argument: boots the agent over the
 * network, then the system from disk on a tenant's VLAN, and prints what it saw as one line of JSON.
 */
const firmware = process.argv[2] as Firmware;
const bench = await LabBench.open(`e2e-${firmware}`, { nodes: 1, firmware: [firmware], mode: 'rootless' });
try {
  const node = bench.node(1);
  await bench.serveDhcp();
  await bench.plug(node, 100);
  await bench.ipmi(node, 'chassis', 'bootdev', 'pxe');
  await bench.ipmi(node, 'power', 'on');
  const heartbeat = await bench.untilRequest('heartbeat', ({ path }) => path === `/v1/heartbeat/${node.uuid}`);
  const status = await bench.agent(String(heartbeat.body['callback_url']), 'clean.get_clean_steps', {
    node: { uuid: node.uuid },
    ports: [],
  });
  await bench.ipmi(node, 'power', 'off');
  await bench.untilPower(node, 'off');

  await writeSystem(bench, node.disks[0]?.path ?? '', { 'meta_data.json': { uuid: 'rootless-1', hostname: 'free' } });
  await bench.plug(node, 200);
  const since = await markConsole(node);
  await bench.ipmi(node, 'chassis', 'bootdev', 'disk', 'options=persistent');
  await bench.ipmi(node, 'power', 'on');
  const [, address = ''] = await untilConsole(node, /ANNEAL address eth0 (\S+)/, since);
  const [, booted = ''] = await untilConsole(node, /ANNEAL os-ready .*firmware=(\w+)/, since);
  const page = async (network: 'tenant-a' | 'tenant-b'): Promise<string> =>
    bench
      .inside(['curl', '-s', '--max-time', '5', `http://${address}/`], bench.lab.networks[network].namespace)
      .catch(() => 'unreachable');
  const seen = {
    uid: process.getuid?.(),
    capabilities: /CapEff:\s*(\S+)/.exec(await readFile('/proc/self/status', 'utf8'))?.[1],
    links: bench.lab.links,
    cleanSteps: status['command_status'],
    address,
    booted,
    tenantA: await page('tenant-a'),
    tenantB: '',
  };
  await bench.plug(node, 201);
  seen.tenantB = await page('tenant-a');
  process.stdout.write(`${JSON.stringify(seen)}\n`);
} finally {
  await bench.close();
}
