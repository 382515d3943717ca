import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QmpConnection } from '../../lab/machine/qmp.ts';
import type { LabNode } from '../../lab/state.ts';
import type { Baremetal } from '../compat/support/baremetal.ts';
import { markConsole, untilConsole } from './console.ts';
import type { LabSite } from './lab-site.ts';
import { enrol, provedClean, WAIT } from './machine-life.ts';
import { plug, vlanOf } from './switch-port.ts';
import type { Step } from './tale.ts';

/** A VLAN on which nobody is. */
const NOWHERE = 4093;

/** The tale of a machine with a silent BMC, no DHCP, a disk that is pulled out, and a qcow2 image. */
export function secondMachine(site: () => LabSite, callbackS: number): readonly Step[] {
  let baremetal: Baremetal;
  let machine: LabNode;
  const NAME = 'node-2';
  return [
    [
      'says that its BMC is silent, and is managed once the address is right',
      async () => {
        machine = site().machine(2);
        baremetal = site().baremetal();
        await enrol(baremetal, machine, { ipmi_address: '172.31.10.250' });
        const refused = async () => {
          await baremetal.run('node', 'manage', NAME);
          return await site().settled(NAME);
        };
        let node = await refused();
        // The first machine's tale kills the worker, which may be in the last try of this call just then.
        if (/was lost in its last try; .* ask again/.test(node.last_error ?? '')) node = await refused();
        assert.equal(node.provision_state, 'enroll');
        assert.match(node.last_error ?? '', /172\.31\.10\.250/);
        await baremetal.run('node', 'set', NAME, '--driver-info', `ipmi_address=${machine.bmc.address}`);
        await baremetal.run('node', 'manage', NAME, ...WAIT);
      },
    ],
    [
      'gives an inspection up when no DHCP answers, powered off and parked, and is inspected when one does',
      async () => {
        await baremetal.run('node', 'inspect', NAME);
        await site().until(NAME, 'power on', (node) => node.power_state === 'power on');
        await plug(site(), machine, NOWHERE);
        const given = await site().settled(NAME);
        assert.deepEqual([given.provision_state, given.power_state], ['inspect failed', 'power off']);
        assert.match(given.last_error ?? '', new RegExp(`inspect wait.*${callbackS} s.*did not report the inventory`));
        assert.equal(await vlanOf(site(), machine), site().stack.lab.parkedVlan);
        await baremetal.run('node', 'inspect', NAME, ...WAIT);
        assert.equal((await site().node(NAME)).provision_state, 'manageable');
      },
    ],
    [
      'does not become available while a disk is missing, says which, and is cleaned when it is back',
      async () => {
        const scsi = machine.disks.find(({ kind }) => kind === 'scsi');
        await baremetal.run('node', 'provide', NAME);
        await site().until(NAME, 'power on', (node) => node.power_state === 'power on');
        const monitor = await QmpConnection.open(machine.paths.qmpSocket);
        await monitor.execute('device_del', { id: 'scsi' });
        monitor.close();
        const failed = await site().settled(NAME);
        assert.deepEqual([failed.provision_state, failed.power_state], ['clean failed', 'power off']);
        assert.match(failed.last_error ?? '', new RegExp(`inspection saw .*${scsi?.serial}.*the agent does not`));
        await baremetal.run('node', 'manage', NAME, ...WAIT);
        await baremetal.run('node', 'provide', NAME, ...WAIT);
        await provedClean(site(), machine);
      },
    ],
    [
      'is deployed from a qcow2 image, which its agent unpacks onto the disk, and boots it by its BIOS',
      async () => {
        const { osImageQcow2, osImageQcow2Sha256 } = site().stack.artifacts;
        const copy = join(site().imageFolder, 'system.qcow2');
        await copyFile(osImageQcow2, copy);
        const facts = {
          image_source: `file://${copy}`,
          image_os_hash_algo: 'sha256',
          image_os_hash_value: osImageQcow2Sha256,
          image_disk_format: 'qcow2',
        };
        const words = Object.entries(facts).flatMap(([key, value]) => ['--instance-info', `${key}=${value}`]);
        await baremetal.run('node', 'set', NAME, ...words);
        await baremetal.run('node', 'vif', 'attach', NAME, 'tenant-b');
        const since = await markConsole(machine);
        await baremetal.run('node', 'deploy', NAME, ...WAIT);
        assert.equal((await site().node(NAME)).provision_state, 'active');
        const [, address = ''] = await untilConsole(machine, /ANNEAL address eth0 (172\.31\.201\.\d+)/, since);
        await untilConsole(machine, /ANNEAL os-ready .*firmware=bios/, since);
        assert.match((await site().page('tenant-b', address)) ?? '', /<h1>anneal-os<[^]*<dd>bios</);
        assert.equal(await site().page('tenant-a', address), undefined);
      },
    ],
  ];
}
