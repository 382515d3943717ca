import assert from 'node:assert/strict';
import { IpmiClient, IpmiError } from '../src/index.ts';
import type { Bmc } from '../src/index.ts';
import { until } from '../test/support/pair.ts';
import { freeUdpPort, installed, start } from './support/programs.ts';
import type { Running } from './support/programs.ts';

describe('client against goipmi-server', () => {
  let server: Running;
  let client: IpmiClient;
  let port: number;
  const handle = (cipherSuites?: number[]): Bmc =>
    client.bmc({
      host: '127.0.0.1',
      port,
      username: 'ADMIN',
      password: 'ADMIN',
      ...(cipherSuites === undefined ? {} : { cipherSuites }),
    });
  before(async () => {
    port = await freeUdpPort();
    server = start(installed('bin', 'goipmi-server'), [], {
      env: {
        GOIPMI_SERVER_PORT: String(port),
        GOIPMI_SERVER_CIPHER_SUITES: '0,1,2,3,15,16,17',
        GOIPMI_SERVER_CONSOLE: 'pty',
      },
    });
    client = new IpmiClient();
  });
  after(async () => {
    await client.close();
    await server.stop();
  });

  for (const suite of [3, 15, 16, 17]) {
    it(`speaks suite ${suite}`, async () => {
      const bmc = handle([suite]);
      await bmc.chassisControl('on');
      assert.equal((await bmc.getChassisStatus()).powerOn, true);
      await bmc.chassisControl('off');
      assert.equal((await bmc.getChassisStatus()).powerOn, false);
      await bmc.close();
    });
  }

  it('keeps persistent, UEFI and clear CMOS bits', async () => {
    const bmc = handle();
    await bmc.setBootDevice('pxe', { efi: true, persistent: true });
    await bmc.setBootFlags({ clearCmos: true });
    const { flags } = await bmc.getBootOptions();
    assert.deepEqual(
      [flags.valid, flags.persistent, flags.efi, flags.clearCmos, flags.device],
      [true, true, true, true, 'pxe'],
    );
    await bmc.close();
  });

  it('reads FRU, users and LAN settings', async () => {
    const bmc = handle();
    assert.ok((await bmc.fru.readRaw()).length > 0);
    assert.ok((await bmc.users.list()).some(({ name }) => name === 'ADMIN'));
    assert.equal(typeof (await bmc.lan.channelInfo()).medium, 'number');
    await bmc.close();
  });

  it('opens serial over LAN on its pseudo terminal', async () => {
    const bmc = handle();
    const console = await bmc.openSol();
    let text = '';
    console.on('data', (data: Buffer) => (text += data.toString('latin1')));
    console.write('typed-by-ipmi-js\r');
    await until(() => text.includes('typed-by-ipmi-js'));
    await bmc.close();
  });

  it('is told of the four-session limit, waits, and gets in when a slot is free', async () => {
    const four = [handle(), handle(), handle(), handle()];
    for (const bmc of four) await bmc.getChassisStatus();
    const fifth = handle();
    await assert.rejects(fifth.getChassisStatus({ deadlineMs: 500 }), (error: unknown) => {
      assert.ok(error instanceof IpmiError);
      assert.deepEqual([error.code, error.rmcpStatus, error.retryable], ['IpmiSessionsExhausted', 1, true]);
      return true;
    });
    setTimeout(() => void four[0]?.close(), 300);
    await fifth.getChassisStatus();
    for (const bmc of [...four, fifth]) await bmc.close();
  });

  it('assesses suite 0 as critical', async () => {
    const { findings } = await client.assess({ host: '127.0.0.1', port });
    assert.ok(findings.some(({ id, severity }) => id === 'cipher-suite-0' && severity === 'critical'));
  });
});
