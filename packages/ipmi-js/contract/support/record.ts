/**
 * Records what ipmitool and a BMC that was not written here say to each other, into test/recordings: a relay between the
 * two keeps every datagram of one session.
 *
 *     unshare --net sh -c 'ip link set lo up && exec node --import tsx packages/ipmi-js/contract/support/record.ts'
 */
import { createSocket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startIpmiSim } from './ipmi-sim.ts';
import { freeUdpPort, installed, run, start } from './programs.ts';

interface Counterpart {
  readonly port: number;
  stop(): Promise<void>;
}

interface Plan {
  /** File name, and what is recorded. */
  readonly name: string;
  readonly of: string;
  readonly login: { readonly user: string; readonly password: string; readonly suite: number };
  readonly open: () => Promise<Counterpart>;
  /** ipmitool's words, all in one session. */
  readonly commands: readonly string[];
}

async function goipmi(): Promise<Counterpart> {
  const port = await freeUdpPort();
  const server = start(installed('bin', 'goipmi-server'), [], { env: { GOIPMI_SERVER_PORT: String(port) } });
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { port, stop: server.stop };
}

const PLANS: readonly Plan[] = [
  {
    name: 'ipmitool-ipmi-sim-tour',
    of: 'OpenIPMI ipmi_sim 2.0.33',
    login: { user: 'ipmiusr', password: 'test', suite: 3 },
    open: startIpmiSim,
    commands: [
      'mc info',
      'mc guid',
      'mc watchdog get',
      'mc getenables',
      'sdr list',
      'sensor get "CPU T1"',
      'sel info',
      'sel time get',
      'event 1',
      'sel list',
      'sel clear',
      'user list 1',
      'user set name 3 tester',
      'lan print 1',
      'channel info 1',
      'channel getaccess 1 2',
      'session info active',
      'chassis identify 5',
      'chassis restart_cause',
      'raw 0x06 0x04',
    ],
  },
  {
    name: 'ipmitool-goipmi-tour',
    of: 'goipmi-server 0.9.1',
    login: { user: 'ADMIN', password: 'ADMIN', suite: 17 },
    open: goipmi,
    commands: [
      'chassis status',
      'chassis bootdev disk options=persistent',
      'chassis bootparam get 5',
      'fru print',
      'user list 1',
      'lan print 1',
      'channel info 1',
      'sol info 1',
      'sol set volatile-bit-rate 115.2 1',
      'chassis power on',
      'chassis power status',
      'chassis policy list',
    ],
  },
];

for (const plan of PLANS) await record(plan);

async function record({ name, of, login, open, commands }: Plan): Promise<void> {
  const bmc = await open();
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-record-'));
  const relay = await openRelay(bmc.port);
  try {
    const script = join(folder, 'script');
    await writeFile(script, `${commands.join('\n')}\n`);
    const { user, password, suite } = login;
    const target = [
      '-I',
      'lanplus',
      '-H',
      '127.0.0.1',
      '-p',
      String(relay.port),
      '-U',
      user,
      '-E',
      '-C',
      String(suite),
    ];
    const { output } = await run('ipmitool', [...target, 'exec', script], {
      env: { IPMI_PASSWORD: password },
      limitMs: 120_000,
    });
    process.stdout.write(`${name}: ${relay.datagrams.length} datagrams\n${output}`);
    const source = `ipmitool 1.8.19 exec (${commands.join('; ')}) against ${of}, cipher suite ${suite}, user ${user}, password ${password}`;
    const file = fileURLToPath(new URL(`../../test/recordings/${name}.json`, import.meta.url));
    await writeFile(file, `${JSON.stringify({ source, datagrams: relay.datagrams }, undefined, 2)}\n`);
  } finally {
    relay.close();
    await bmc.stop();
    await rm(folder, { recursive: true });
  }
}

/** Two sockets between console and BMC that pass everything on and keep it. */
async function openRelay(bmcPort: number) {
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  const datagrams: { from: 'console' | 'bmc'; hex: string }[] = [];
  let console: { port: number; address: string } | undefined;
  front.on('message', (data, from) => {
    console = from;
    datagrams.push({ from: 'console', hex: data.toString('hex') });
    back.send(data, bmcPort, '127.0.0.1');
  });
  back.on('message', (data) => {
    datagrams.push({ from: 'bmc', hex: data.toString('hex') });
    if (console !== undefined) front.send(data, console.port, console.address);
  });
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
  const close = () => {
    front.close();
    back.close();
  };
  return { port: front.address().port, datagrams, close };
}
