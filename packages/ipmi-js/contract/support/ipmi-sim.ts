import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort, freeUdpPort, start } from './programs.ts';
import type { Running } from './programs.ts';

/**
 * A full sensor record, byte by byte after IPMI v2.0 table 43-1: sensor 1 "CPU T1", temperature in
 * degrees C, reading = raw value.
 */
const SENSOR_RECORD = [
  [0x00, 0x00, 0x51, 0x01, 0x31],
  [0x20, 0x00, 0x01, 0x07, 0x01, 0x7f, 0x48, 0x01, 0x01],
  [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00],
  [0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x00, 0x00, 0x00, 0x00, 0xff, 0x00],
  [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0xc6, ...Buffer.from('CPU T1')],
]
  .flat()
  .map((byte) => `0x${byte.toString(16)}`)
  .join(' ');

/** A running ipmi_sim in front of a QEMU machine. */
export interface IpmiSim {
  readonly port: number;
  readonly process: Running;
  readonly stop: () => Promise<void>;
}

/**
 * Starts OpenIPMI's ipmi_sim with user `ipmiusr`/`test`; power on starts QEMU without disks, whose
 * firmware talks on the serial port. A second controller sits at 30h on the IPMB.
 */
export async function startIpmiSim(): Promise<IpmiSim> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-ipmi-sim-'));
  const [port, vmPort, serialPort] = [await freeUdpPort(), await freeTcpPort(), await freeTcpPort()];
  await writeFile(
    join(folder, 'qemu.sh'),
    `#!/bin/sh
exec qemu-system-x86_64 -machine pc,graphics=off,accel=tcg -m 64 -display none -nodefaults -no-user-config \\
  -chardev socket,id=ipmi0,host=127.0.0.1,port=${vmPort},reconnect=1 -device ipmi-bmc-extern,id=bmc0,chardev=ipmi0 \\
  -device isa-ipmi-kcs,bmc=bmc0,irq=5 -serial telnet:127.0.0.1:${serialPort},server,nowait </dev/null >/dev/null 2>&1
`,
    { mode: 0o755 },
  );
  await writeFile(
    join(folder, 'lan.conf'),
    `name "anneal"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 ${port}
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  serial 15 127.0.0.1 ${vmPort} codec VM
  startcmd "${join(folder, 'qemu.sh')}"
  startnow false
  poweroff_wait 3
  kill_wait 2
  sol "telnet:127.0.0.1:${serialPort}" 115200
  user 1 true  "" "test" user 10 none md2 md5 straight
  user 2 true  "ipmiusr" "test" admin 10 none md2 md5 straight
`,
  );
  await writeFile(
    join(folder, 'sim.emu'),
    `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
sensor_add 0x20 0 1 1 1
sensor_set_value 0x20 0 1 0x2d 0
sensor_set_event_support 0x20 0 1 enable scanning per-state 000000000000000 000000000000000 000000000000000 000000000000000
main_sdr_add 0x20 ${SENSOR_RECORD}
mc_enable 0x20
mc_add 0x30 0 no-device-sdrs 0x20 1 2 0x9f 0x1291 0xabc persist_sdr
mc_enable 0x30
`,
  );
  const process = start('ipmi_sim', ['-c', 'lan.conf', '-f', 'sim.emu', '-s', folder, '-n'], { cwd: folder });
  await new Promise((resolve) => setTimeout(resolve, 700));
  const stop = async (): Promise<void> => {
    await process.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { port, process, stop };
}
