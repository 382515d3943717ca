import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** OpenIPMI's `ipmi_sim` (lanserv) whose chassis is a script, and whose serial port says `pong` to `ping`; RMCP+ suite 3. */
export interface IpmiSim {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** What the chassis script was told to set, such as `power 1` and `shutdown 1`. */
  orders(): Promise<string[]>;
  close(): Promise<void>;
}

/** Why no `ipmi_sim` can be started here, or undefined. */
export async function whyNoIpmiSim(): Promise<string | undefined> {
  return await run('which', ['ipmi_sim']).then(
    () => undefined,
    () => 'needs the Debian package openipmi',
  );
}

/** Starts one on a free port of the loopback. */
export async function startIpmiSim(): Promise<IpmiSim> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-ipmi-sim-'));
  const port = await freeUdpPort();
  const serial = await startSerialPort();
  const password = 'sim-secret-1';
  await mkdir(join(folder, 'state'));
  await writeFile(join(folder, 'orders'), '');
  await writeFile(join(folder, 'chassis'), chassisScript(folder), { mode: 0o755 });
  await writeFile(
    join(folder, 'lan.conf'),
    lanConf({ folder, port, password, serial: (serial.address() as AddressInfo).port }),
  );
  await writeFile(join(folder, 'sim.emu'), EMULATION);
  const files = ['-c', join(folder, 'lan.conf'), '-f', join(folder, 'sim.emu'), '-s', join(folder, 'state')];
  const child = spawn('ipmi_sim', [...files, '-n'], { stdio: 'ignore' });
  return {
    port,
    username: 'ops',
    password,
    async orders() {
      const text = await readFile(join(folder, 'orders'), 'utf8');
      return text.split('\n').filter((line) => line !== '');
    },
    async close() {
      await stop(child);
      await new Promise((resolve) => serial.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** ipmi_lan(5), chassis_control: `<program> <bmc> get|set <what> [<value>] …`. */
const chassisScript = (folder: string): string => `#!/bin/sh
shift
verb=$1; shift
if [ "$verb" = get ]; then
  for what in "$@"; do echo "$what:$(cat ${folder}/$what 2>/dev/null || echo 0)"; done
else
  while [ $# -gt 0 ]; do
    echo "$1 $2" >> ${folder}/orders; echo "$2" > ${folder}/$1
    [ "$1" = shutdown ] && echo 0 > ${folder}/power
    shift; shift
  done
fi
exit 0
`;

interface LanSettings {
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  readonly serial: number;
}

const lanConf = ({ folder, port, password, serial }: LanSettings): string => `name "anneal"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 ${port}
    priv_limit admin
    allowed_auths_admin none md5
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "${folder}/chassis 0x20"
  sol "telnet:127.0.0.1:${serial}" 115200
  user 2 true "ops" "${password}" admin 10 none md5
`;

const EMULATION = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
`;

/** The machine's end of the serial line. */
async function startSerialPort(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => bytes.includes('ping') && socket.write('pong'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function freeUdpPort(): Promise<number> {
  const probe = createSocket('udp4');
  await new Promise<void>((resolve) => probe.bind(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(resolve));
  return port;
}
