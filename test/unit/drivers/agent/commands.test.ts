import assert from 'node:assert/strict';
import { createAgentClient } from '../../../../drivers/agent/client.ts';
import {
  finalizeRescue,
  getHardwareInfo,
  installBootloader,
  listAgentSteps,
  powerOffByAgent,
  runAgentStep,
  syncAgent,
  writeAgentImage,
  type AgentCall,
  type AgentSubject,
} from '../../../../drivers/agent/commands.ts';
import type { JsonObject, Node, Port } from '../../../../domain/node.ts';
import {
  makeAgentCertificate,
  startAgentServer,
  type AgentCertificate,
  type AgentServer,
} from '../../../support/agent-server.ts';

/** What clean.get_clean_steps of ironic-python-agent 13.0.0 answers, two of its steps. */
const CLEAN_STEPS = {
  clean_steps: {
    GenericHardwareManager: [
      { step: 'erase_devices', priority: 10, interface: 'deploy', reboot_requested: false, abortable: true },
      {
        step: 'clean_uefi_nvram',
        priority: 0,
        interface: 'deploy',
        reboot_requested: false,
        abortable: true,
        argsinfo: { match_patterns: { description: 'json blob of patterns', required: false } },
      },
    ],
  },
  hardware_manager_version: { generic_hardware_manager: '1.2' },
};

const subject: AgentSubject = {
  node: {
    uuid: '3f2b0c9e-3f0d-4a53-9b60-0f3b6a2e9d11',
    name: 'node-1',
    driver: 'ipmi',
    driverInfo: { ipmi_password: 'bmc-secret' },
    driverInternalInfo: { agent_erase_devices_zeroize: true },
    properties: { root_device: { serial: 'X' } },
    instanceInfo: { image_source: 'http://i', configdrive: 'H4sIsecret' },
    resourceClass: null,
    provisionState: 'cleaning',
    extra: {},
  } as unknown as Node,
  ports: [{ uuid: 'p', nodeUuid: 'n', address: '52:54:00:00:00:01', pxeEnabled: true } as unknown as Port],
  dials: { agent_erase_devices_iterations: 0 },
};

describe('agent commands', () => {
  let certificate: AgentCertificate;
  let server: AgentServer;
  let call: AgentCall;
  const client = createAgentClient();

  before(async () => {
    certificate = await makeAgentCertificate();
  });
  beforeEach(async () => {
    server = await startAgentServer(certificate);
    const target = { nodeUuid: 'node-1', callbackUrl: server.url, verifyCa: certificate.cert, token: server.token };
    call = { client, target, pollMs: 5 };
  });
  afterEach(() => server.close());
  after(() => client.close());

  /** Has the agent give back step and answer, as its execute commands do. */
  function answerSteps(kind: 'clean' | 'deploy', answer: unknown): void {
    server.scripts.set(`${kind}.execute_${kind}_step`, (params, done) =>
      done({ [`${kind}_result`]: answer, [`${kind}_step`]: params['step'] }),
    );
  }

  function lastParams(): JsonObject {
    return server.started.at(-1)?.params ?? {};
  }

  it('lists the steps of all hardware managers', async () => {
    server.scripts.set('clean.get_clean_steps', (_params, done) => done(CLEAN_STEPS));
    assert.deepEqual(await listAgentSteps(call, 'clean', subject), [
      { interface: 'deploy', step: 'erase_devices', priority: 10, ...RAMDISK },
      { interface: 'deploy', step: 'clean_uefi_nvram', priority: 0, ...RAMDISK, argsInfo: PATTERNS },
    ]);
  });

  it('gives the agent the node without BMC password and config drive, the dials laid over', async () => {
    server.scripts.set('clean.get_clean_steps', (_params, done) => done(CLEAN_STEPS));
    await listAgentSteps(call, 'clean', subject);
    const sent = JSON.stringify(lastParams());
    assert.ok(!sent.includes('bmc-secret') && !sent.includes('H4sIsecret'));
    const node = lastParams()['node'] as JsonObject;
    assert.deepEqual(node['driver_internal_info'], {
      agent_erase_devices_zeroize: true,
      agent_erase_devices_iterations: 0,
    });
    assert.deepEqual(node['properties'], { root_device: { serial: 'X' } });
    assert.equal((lastParams()['ports'] as JsonObject[])[0]?.['address'], '52:54:00:00:00:01');
  });

  it('refuses an answer that is no list of steps', async () => {
    server.scripts.set('clean.get_clean_steps', (_params, done) => done({ clean_steps: 'many' }));
    await assert.rejects(listAgentSteps(call, 'clean', subject), { code: 'AgentCommandFailed' });
  });

  it('runs a step once for one key, and again for another', async () => {
    answerSteps('clean', { disks: [] });
    const step = { interface: 'deploy', step: 'verify_erasure', priority: 0, args: { samples: 8 } } as const;
    const run = (key: string) => runAgentStep(call, { ...subject, kind: 'clean', step, key });
    assert.deepEqual(await run('run:1'), { disks: [] });
    assert.deepEqual(await run('run:1'), { disks: [] });
    assert.equal(server.started.length, 1);
    await run('run:2');
    assert.equal(server.started.length, 2);
    const sent = lastParams()['step'] as JsonObject;
    assert.deepEqual([sent['step'], sent['args']], ['verify_erasure', { samples: 8 }]);
  });

  it('writes an image onto the chosen disk, with checksum and config drive', async () => {
    answerSteps('deploy', 'image (debian) written');
    const image = {
      id: 'debian',
      url: 'http://172.31.100.1:8089/images/abc',
      format: 'raw',
      checksum: { algo: 'sha256', value: 'abc' },
    } as const;
    await writeAgentImage(call, { ...subject, image, device: '/dev/vda', configDrive: 'H4sI', key: 'run:1' });
    const step = lastParams()['step'] as { step: string; args: { image_info: JsonObject; configdrive: string } };
    assert.equal(step.step, 'write_image');
    assert.equal(step.args.configdrive, 'H4sI');
    assert.deepEqual(step.args.image_info, {
      id: 'debian',
      urls: [image.url],
      image_type: 'whole-disk',
      disk_format: 'raw',
      os_hash_algo: 'sha256',
      os_hash_value: 'abc',
      stream_raw_images: true,
      node_uuid: subject.node.uuid,
    });
    const node = lastParams()['node'] as { instance_info: JsonObject };
    assert.deepEqual(node.instance_info['root_device'], { name: '/dev/vda' });
  });

  it('enters the boot list on UEFI only', async () => {
    server.scripts.set('image.install_bootloader', (_params, done) => done({}));
    await installBootloader(call, { bootMode: 'bios' });
    assert.equal(server.started.length, 0);
    await installBootloader(call, { bootMode: 'uefi' });
    assert.deepEqual(lastParams(), { root_uuid: null, efi_system_part_uuid: null, target_boot_mode: 'uefi' });
  });

  it('gives the rescue system the hash of its password', async () => {
    server.scripts.set('rescue.finalize_rescue', (_params, done) => done({}));
    await finalizeRescue(call, '$6$salt$hash');
    assert.deepEqual(lastParams(), { rescue_password: '$6$salt$hash', hashed: true });
  });

  it('syncs, lists the hardware, and orders a power-off without waiting for it', async () => {
    server.scripts.set('standby.sync', (_params, done) => done({}));
    server.scripts.set('poll.get_hardware_info', (_params, done) => done({ disks: [{ name: '/dev/vda', size: 5 }] }));
    server.scripts.set('standby.power_off', () => {});
    await syncAgent(call);
    assert.deepEqual((await getHardwareInfo(call)).disks, [{ name: '/dev/vda', size: 5 }]);
    await powerOffByAgent(call);
    assert.deepEqual(
      server.started.map(({ name }) => name),
      ['standby.sync', 'poll.get_hardware_info', 'standby.power_off'],
    );
  });
});

const PATTERNS = { match_patterns: { description: 'json blob of patterns', required: false } };
const RAMDISK = { abortable: true, requiresRamdisk: true, rebootRequested: false };
