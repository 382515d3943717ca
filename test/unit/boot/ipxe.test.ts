import assert from 'node:assert/strict';
import { agentScript, exitScript, firstScript, kernelParameters, type AgentBoot } from '../../../boot/ipxe.ts';

const boot: AgentBoot = { mac: '52:54:00:AB:cd:01', purpose: 'cleaning', origin: 'http://172.31.101.1:8089' };
const settings = {
  apiUrl: 'http://{host}:6385',
  kernelParams: 'console=ttyS0  anneal.live={boot}/artifacts/rootfs',
  collectLldp: false,
};

describe('kernelParameters', () => {
  it('tells the agent its API, its NIC and its root file system by the address that the machine used', () => {
    assert.deepEqual(kernelParameters(boot, settings), [
      'initrd=agent.initrd',
      'ipa-api-url=http://172.31.101.1:6385',
      'ipa-collect-lldp=0',
      'BOOTIF=01-52-54-00-ab-cd-01',
      'console=ttyS0',
      'anneal.live=http://172.31.101.1:8089/artifacts/rootfs',
    ]);
  });

  it('asks for an inventory when the boot is for inspection only', () => {
    const callback = 'ipa-inspection-callback-url=http://172.31.101.1:6385/v1/continue_inspection';
    assert.ok(kernelParameters({ ...boot, purpose: 'inspection' }, settings).includes(callback));
    for (const purpose of ['cleaning', 'provisioning'] as const) {
      assert.ok(
        !kernelParameters({ ...boot, purpose }, settings)
          .join(' ')
          .includes('inspection'),
      );
    }
  });

  it('keeps the brackets of an IPv6 address, and waits for LLDP when told to', () => {
    const parameters = kernelParameters(
      { ...boot, origin: 'http://[fd00:101::1]:8089' },
      { ...settings, collectLldp: true },
    );
    assert.ok(parameters.includes('ipa-api-url=http://[fd00:101::1]:6385'));
    assert.ok(parameters.includes('ipa-collect-lldp=1'));
  });
});

describe('scripts', () => {
  it('begin as iPXE wants it', () => {
    for (const text of [firstScript('http://h'), agentScript(boot, settings), exitScript('x')]) {
      assert.match(text, /^#!ipxe\n[^]*\n$/);
    }
  });

  it('load kernel and ramdisk under the name that the kernel is told', () => {
    const lines = agentScript(boot, settings).split('\n');
    assert.match(
      lines[1] ?? '',
      /^kernel http:\/\/172\.31\.101\.1:8089\/artifacts\/kernel initrd=agent\.initrd .* \|\| goto failed$/,
    );
    assert.equal(lines[2], 'initrd --name agent.initrd http://172.31.101.1:8089/artifacts/initrd || goto failed');
    assert.equal(lines[3], 'boot');
  });

  it('ask again a limited number of times, then go to the next boot device', () => {
    const text = firstScript('http://172.31.101.1:8089');
    assert.ok(text.includes('chain --replace http://172.31.101.1:8089/boot.ipxe?mac=${netX/mac} ||'));
    assert.ok(text.includes('iseq ${tries} 20 && exit 1 ||'));
    assert.equal(exitScript('no agent').split('\n').at(-2), 'exit 1');
  });
});
