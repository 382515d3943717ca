import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LabNode } from '../../lab/state.ts';
import type { Baremetal } from '../compat/support/baremetal.ts';
import { exportHistories, findSecrets } from '../support/histories.ts';
import { AgentWatch } from './agent-watch.ts';
import { holdsVariable, leaveVariable, markConsole, untilConsole } from './console.ts';
import type { LabSite } from './lab-site.ts';
import { enrol, mostAttempts, provedClean, sawInTemporal, sendHeartbeat, setLink, WAIT } from './machine-life.ts';
import { markedDisks, writeMarkers } from './markers.ts';
import { Sniffer, vlanOf } from './switch-port.ts';
import type { Step } from './tale.ts';
import { until } from '../support/until.ts';

const execute = promisify(execFile);
const USER_DATA = 'user-data-secret-Qm4x81pL';
const ADDRESS = '172.31.200.21';

/** The tale of a machine: enrolled, inspected, cleaned, deployed, given back, with everything that can go wrong. */
export function firstMachine(site: () => LabSite): readonly Step[] {
  let baremetal: Baremetal;
  let watch: AgentWatch;
  let machine: LabNode;
  let sniffers: readonly Sniffer[] = [];
  const NAME = 'node-1';
  const show = () => site().node(NAME);
  const setInstance = (...facts: readonly string[]) =>
    baremetal.run('node', 'set', NAME, ...facts.flatMap((fact) => ['--instance-info', fact]));
  /** Asks for a deployment that must fail before the machine is touched, and gives its last error. */
  const refusedDeploy = async (): Promise<string> => {
    await baremetal.run('node', 'deploy', NAME);
    const node = await site().settled(NAME);
    assert.deepEqual([node.provision_state, node.power_state], ['deploy failed', 'power off']);
    return node.last_error ?? '';
  };
  const image = (source: string, sha256: string, format = 'raw') =>
    setInstance(
      `image_source=${source}`,
      'image_os_hash_algo=sha256',
      `image_os_hash_value=${sha256}`,
      `image_disk_format=${format}`,
    );

  return [
    [
      'is enrolled, and a wrong BMC password is refused by name until it is mended',
      async () => {
        machine = site().machine(1);
        baremetal = site().baremetal();
        await enrol(baremetal, machine, { ipmi_password: 'not-the-password' });
        await baremetal.run('node', 'manage', NAME);
        const node = await site().settled(NAME);
        assert.equal(node.provision_state, 'enroll');
        assert.match(node.last_error ?? '', /password|user name/i);
        await baremetal.run('node', 'set', NAME, '--driver-info', `ipmi_password=${machine.bmc.password}`);
        await baremetal.run('node', 'manage', NAME, ...WAIT);
      },
    ],
    [
      'is inspected by the real agent, and strangers are not believed to be that agent',
      async () => {
        watch = new AgentWatch(site(), machine.uuid);
        await baremetal.run('node', 'inspect', NAME);
        await site().until(NAME, 'inspect wait', (node) => node.provision_state === 'inspect wait');
        const wrongToken = await sendHeartbeat(site(), machine.uuid, 'a'.repeat(43));
        assert.ok(wrongToken.status >= 400 && wrongToken.status < 500, `wrong token: ${wrongToken.status}`);
        const noToken = await sendHeartbeat(site(), machine.uuid, undefined);
        assert.match(await noToken.text(), /Agent token is required/);
        await site().until(NAME, 'manageable', (node) => node.provision_state === 'manageable');
        const { inventory } = await site().get<{ inventory: { disks: { serial: string }[] } }>(
          `/v1/nodes/${NAME}/inventory`,
        );
        assert.deepEqual(
          inventory.disks.map(({ serial }) => serial).toSorted(),
          machine.disks.map(({ serial }) => serial).toSorted(),
        );
      },
    ],
    [
      'is cleaned although the worker is killed in the middle of the erase: what was on the disks is gone',
      async () => {
        await writeMarkers(machine);
        assert.equal((await markedDisks(machine)).length, machine.disks.length);
        await baremetal.run('node', 'provide', NAME);
        await site().until(NAME, 'the erase', (node) => node.clean_step.step === 'erase_devices');
        await watch.untilRunning('execute_clean_step');
        await sawInTemporal(site(), machine.uuid, 'deploy.erase_devices');
        await site().kill('worker');
        await site().until(NAME, 'the read-back', (node) => node.clean_step.step === 'verify_erasure');
        await site().until(NAME, 'available', (node) => node.provision_state === 'available');
        assert.deepEqual(await markedDisks(machine), []);
        assert.equal(watch.ran('erase_devices'), 1, 'the erase was begun more than once');
        assert.ok((await mostAttempts(site(), machine.uuid)) > 1, 'the kill came when nothing ran');
        await provedClean(site(), machine);
        const [token] = await site().agentTokens(machine);
        assert.ok(token, 'the agent that cleaned it had no token');
        const late = await sendHeartbeat(site(), machine.uuid, token);
        assert.ok(late.status >= 400 && late.status < 500, `a heartbeat that nobody waits for: ${late.status}`);
        assert.equal((await show()).provision_state, 'available');
      },
    ],
    [
      'is not touched by a deployment whose image is missing, altered or too large, or whose disk is not there',
      async () => {
        const { osImageRaw, osImageRawSha256 } = site().stack.artifacts;
        const copy = join(site().imageFolder, 'system.raw');
        await execute('cp', ['--sparse=always', osImageRaw, copy]);
        await image(`http://172.31.100.1:8089/images/${'0'.repeat(64)}`, osImageRawSha256);
        assert.match(await refusedDeploy(), /404/);
        await image(`file://${copy}`, 'a'.repeat(64));
        assert.match(await refusedDeploy(), /sha256.*a{64}|a{64}.*sha256/i);
        const large = join(site().imageFolder, 'large.qcow2');
        await execute('qemu-img', ['create', '-q', '-f', 'qcow2', large, '6G']);
        const sha256 = createHash('sha256')
          .update(await readFile(large))
          .digest('hex');
        await image(`file://${large}`, sha256, 'qcow2');
        assert.match(await refusedDeploy(), /large\.qcow2 needs 6 GiB on disk, but the root device is .* \(5 GiB/);
        await image(`file://${copy}`, osImageRawSha256);
        await setInstance('root_device={"serial": "nobody"}');
        assert.match(await refusedDeploy(), /No root device for .*nobody.* the machine has \/dev\//);
        await baremetal.run('node', 'unset', NAME, '--instance-info', 'root_device');
      },
    ],
    [
      'is not powered on while its switch port does not exist',
      async () => {
        const { ports } = await site().get<{ ports: { uuid: string }[] }>(`/v1/nodes/${NAME}/ports`);
        const port = ports[0]?.uuid ?? '';
        // As in Ironic, a port of an available node is replugged in maintenance only.
        await baremetal.run('node', 'maintenance', 'set', NAME);
        await setLink(baremetal, port, { ...machine.nics[0]?.localLinkConnection, port_id: 'nowhere-7' });
        await baremetal.run('node', 'maintenance', 'unset', NAME);
        assert.match(await refusedDeploy(), /no port "nowhere-7" on bridge .* check local_link_connection/);
        // Nor can it be parked: a person has to look before anything else happens to it.
        assert.deepEqual([(await show())['maintenance'], (await show())['fault']], [true, 'undo failure']);
        await setLink(baremetal, port, { ...machine.nics[0]?.localLinkConnection });
        await baremetal.run('node', 'maintenance', 'unset', NAME);
      },
    ],
    [
      'is deployed although the worker is killed while the image is written',
      async () => {
        assert.equal(await site().page('tenant-a', ADDRESS), undefined);
        await baremetal.run('node', 'vif', 'attach', NAME, 'tenant-a');
        const drive = join(site().imageFolder, 'config-drive.json');
        await writeFile(drive, JSON.stringify(configDrive(site(), machine)));
        sniffers = [await Sniffer.start(site(), machine, 'tenant-a'), await Sniffer.start(site(), machine, 'tenant-b')];
        await baremetal.run('node', 'deploy', NAME, '--config-drive', drive);
        await site().until(NAME, 'the writing', (node) => node.deploy_step.step === 'write_image');
        await watch.untilRunning('execute_deploy_step');
        await site().kill('worker');
        await site().until(NAME, 'active', (node) => node.provision_state === 'active');
        assert.equal(watch.ran('write_image'), 1, 'the image was written more than once');
        assert.ok((await mostAttempts(site(), machine.uuid)) > 1, 'the kill came when nothing ran');
      },
    ],
    [
      'serves its tenant on the network of the tenant and on no other',
      async () => {
        const patience = { everyMs: 2000, patienceMs: 120_000 };
        const page = await until('the page of the tenant', () => site().page('tenant-a', ADDRESS), patience);
        assert.match(page, new RegExp(`first[^]*${machine.uuid}`));
        for (const network of ['tenant-b', 'provisioning', 'cleaning'] as const)
          assert.equal(await site().page(network, ADDRESS), undefined, network);
        const [own = [], other = []] = await Promise.all(sniffers.map((sniffer) => sniffer.end()));
        assert.ok(own.length > 0, 'the right network saw no frame, so the other one proves nothing');
        assert.deepEqual(other, [], 'frames of the machine came through to the second tenant');
      },
    ],
    [
      'shuts down by its power button, and keeps the BIOS settings that its tenant made',
      async () => {
        await leaveVariable(machine, 0);
        assert.ok(await holdsVariable(machine));
        const since = await markConsole(machine);
        await baremetal.run('node', 'power', 'off', NAME, '--soft', '--power-timeout', '120');
        await site().until(NAME, 'power off', (node) => node.power_state === 'power off');
        await untilConsole(machine, /ANNEAL power-button/, since);
        assert.ok(await holdsVariable(machine));
      },
    ],
    [
      'is given back and cleaned: unreachable, disks and BIOS settings proved clean',
      async () => {
        await writeMarkers(machine);
        await baremetal.run('node', 'undeploy', NAME, ...WAIT);
        assert.equal((await show()).provision_state, 'available');
        assert.equal(await site().page('tenant-a', ADDRESS), undefined);
        assert.deepEqual(await markedDisks(machine), []);
        assert.ok(!(await holdsVariable(machine)), 'a BIOS setting of the tenant is still there');
        await provedClean(site(), machine);
        assert.equal(await vlanOf(site(), machine), site().stack.lab.parkedVlan);
      },
    ],
    [
      'has left no secret in any history',
      async () => {
        await watch.close();
        const histories = await exportHistories(site().temporal, '');
        assert.ok(histories.length > 8);
        const given = await site().agentTokens(machine);
        // Its two cleanings and its deployment; an agent that inspects reports before it asks for a token.
        assert.ok(given.length >= 3, `${given.length} agents`);
        const tokens = given.map((token, index) => [`agent token ${index + 1}`, token]);
        const secrets = {
          'BMC password': machine.bmc.password,
          'config drive': USER_DATA,
          ...Object.fromEntries(tokens),
        };
        assert.deepEqual(findSecrets(histories, secrets), []);
        const planted = { workflowId: 'planted', type: 'check', text: `x ${machine.bmc.password} x` };
        assert.equal(findSecrets([planted], secrets).length, 1);
      },
    ],
  ];
}

function configDrive(site: LabSite, machine: LabNode): unknown {
  const address = {
    ip_address: ADDRESS,
    netmask: '255.255.255.0',
    gateway: site.stack.lab.networks['tenant-a'].address,
  };
  return {
    meta_data: { uuid: machine.uuid, name: 'first', hostname: 'first' },
    user_data: `#!/bin/sh\n: ${USER_DATA}\n`,
    network_data: {
      links: [{ id: 'nic0', type: 'phy', ethernet_mac_address: machine.nics[0]?.mac }],
      networks: [{ id: 'tenant', type: 'ipv4', link: 'nic0', ...address }],
      services: [],
    },
  };
}
