import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { IpmiClient } from 'ipmi-js';
import { createIpmiHardware } from '../../../../drivers/ipmi/hardware-type.ts';
import type { HardwareType } from '../../../../drivers/interfaces.ts';
import { sweepPower } from '../../../../drivers/power-sweep.ts';
import { calling } from '../a-node.ts';
import { aNode, ipmiNode, PASSWORD, startBmc } from './a-bmc.ts';
import type { BmcUnderTest } from './a-bmc.ts';

describe('the hardware type ipmi', () => {
  let client: IpmiClient;
  let ipmi: HardwareType;
  let world: BmcUnderTest;
  beforeEach(async () => {
    client = new IpmiClient();
    ipmi = createIpmiHardware(client);
    world = await startBmc();
  });
  afterEach(async () => {
    await client.close();
    await world.bmc.stop();
  });

  describe('power', () => {
    it('is read and set', async () => {
      const context = calling(ipmiNode(world.bmc));
      assert.equal(await ipmi.power.getPowerState(context), 'power off');
      await ipmi.power.setPowerState(context, 'power on');
      assert.equal(await ipmi.power.getPowerState(context), 'power on');
      await ipmi.power.setPowerState(context, 'power off');
      assert.equal(await ipmi.power.getPowerState(context), 'power off');
      assert.deepEqual(world.machine.orders, ['on', 'off']);
    });

    it('goes off softly', async () => {
      world.machine.power = 'on';
      await ipmi.power.requestSoftOff(calling(ipmiNode(world.bmc)));
      assert.deepEqual(world.machine.orders, ['soft']);
    });

    it('is restarted with its power on', async () => {
      world.machine.power = 'on';
      await ipmi.power.restart(calling(ipmiNode(world.bmc)));
      assert.deepEqual([world.machine.orders, world.machine.power], [['reset'], 'on']);
    });

    it('takes "not in present state" for done when the machine is there already', async () => {
      const context = calling(ipmiNode(world.bmc));
      world.bmc.faults.codes = { '00/02': 0xd5 };
      await ipmi.power.setPowerState(context, 'power off');
      await assert.rejects(ipmi.power.setPowerState(context, 'power on'), { code: 'BmcRefused', message: /D5h/ });
    });

    it('keeps one session for many calls', async () => {
      const opened: string[] = [];
      const listening = new IpmiClient({ log: ({ event }) => event === 'session-open' && opened.push(event) });
      const type = createIpmiHardware(listening);
      const context = calling(ipmiNode(world.bmc));
      for (let round = 0; round < 5; round += 1) await type.power.getPowerState(context);
      await listening.close();
      assert.deepEqual(opened, ['session-open']);
    });

    it('uses a new password at once', async () => {
      await assert.rejects(ipmi.power.getPowerState(calling(ipmiNode(world.bmc, { ipmi_password: 'wrong' }))), {
        code: 'BmcAuthFailed',
      });
      assert.equal(await ipmi.power.getPowerState(calling(ipmiNode(world.bmc))), 'power off');
    });
  });

  describe('boot device', () => {
    const ONCE = { device: 'pxe', persistent: false, uefi: true, clearCmos: false } as const;

    it('is written, kept and read back: once or always, UEFI or BIOS, with clear CMOS', async () => {
      const context = calling(ipmiNode(world.bmc));
      for (const selection of [
        ONCE,
        { device: 'disk', persistent: true, uefi: true, clearCmos: false },
        { device: 'disk', persistent: true, uefi: false, clearCmos: false },
        { device: 'cdrom', persistent: false, uefi: false, clearCmos: true },
        { device: null, persistent: false, uefi: false, clearCmos: false },
      ] as const) {
        await ipmi.management.setBootSelection(context, selection);
        assert.deepEqual(await ipmi.management.getBootSelection(context), selection);
      }
    });

    it('still says clear CMOS when the override is used up but the settings were not reset', async () => {
      const context = calling(ipmiNode(world.bmc));
      await ipmi.management.setBootSelection(context, { ...ONCE, clearCmos: true });
      world.bmc.bootFlags.consumeOverride();
      const { device, clearCmos } = await ipmi.management.getBootSelection(context);
      assert.deepEqual([device, clearCmos], [null, true]);
    });

    it('is none once the machine has used it up', async () => {
      const context = calling(ipmiNode(world.bmc));
      await ipmi.management.setBootSelection(context, { ...ONCE, clearCmos: true });
      world.bmc.bootFlags.consumeOverride();
      world.bmc.bootFlags.acknowledgeClearCmos();
      const { device, clearCmos } = await ipmi.management.getBootSelection(context);
      assert.deepEqual([device, clearCmos], [null, false]);
    });

    it('writes selector 9 (24h) for the disk of a Supermicro board under UEFI, and reads it as the disk', async () => {
      const node = { ...ipmiNode(world.bmc), properties: { vendor: 'Supermicro' } };
      const disk = { device: 'disk', persistent: true, uefi: true, clearCmos: false } as const;
      await ipmi.management.setBootSelection(calling(node), disk);
      assert.equal(world.bmc.bootFlags.get().device, 'remote-media');
      assert.deepEqual(await ipmi.management.getBootSelection(calling(node)), disk);
    });

    it('says what was written and what is kept when a BMC keeps something else', async () => {
      world.bmc.bootFlags.on('change', (flags) => {
        if (flags.efi) world.bmc.bootFlags.set({ ...flags, efi: false });
      });
      await assert.rejects(ipmi.management.setBootSelection(calling(ipmiNode(world.bmc)), ONCE), {
        code: 'BootDeviceNotKept',
        message:
          'Node rack1: the BMC was told to boot from pxe, for the next boot, UEFI but reads back pxe, for the next boot, BIOS; if its reading cannot be trusted, set driver_info/ipmi_verify_boot_device to false.',
      });
      const trusting = ipmiNode(world.bmc, { ipmi_verify_boot_device: 'false' });
      await ipmi.management.setBootSelection(calling(trusting), ONCE);
    });

    it('is the disk again before a power-on, where the BMC forgets it', async () => {
      const node = ipmiNode(world.bmc, { ipmi_force_boot_device: true });
      await ipmi.power.setPowerState(calling({ ...node, bootMode: 'bios' }), 'power on');
      const { device, persistent, efi } = world.bmc.bootFlags.get();
      assert.deepEqual({ device, persistent, efi }, { device: 'disk', persistent: true, efi: false });
    });

    it('leaves a device alone that is selected, also where the BMC forgets it', async () => {
      const context = calling(ipmiNode(world.bmc, { ipmi_force_boot_device: true }));
      await ipmi.management.setBootSelection(context, ONCE);
      await ipmi.power.setPowerState(context, 'power on');
      assert.equal(world.bmc.bootFlags.get().device, 'pxe');
    });

    it('names the devices there are when asked for another', async () => {
      const selection = { ...ONCE, device: 'wanboot' } as const;
      await assert.rejects(ipmi.management.setBootSelection(calling(ipmiNode(world.bmc)), selection), {
        code: 'InvalidParameterValue',
        message: 'Node rack1 cannot boot from "wanboot" by IPMI; it can from pxe, disk, cdrom, bios, safe.',
      });
    });
  });

  it('sends an NMI', async () => {
    await ipmi.management.injectNmi(calling(ipmiNode(world.bmc)));
    assert.deepEqual(world.machine.orders, ['nmi']);
  });

  describe('says in one sentence', () => {
    const refusal = async (driverInfo: Record<string, unknown>): Promise<Error & { code?: string }> => {
      const context = calling(ipmiNode(world.bmc, driverInfo));
      return await ipmi.power.getPowerState(context).then(
        () => assert.fail('the call went through'),
        (error: Error) => error,
      );
    };
    const address = (): string => `127.0.0.1:${world.bmc.address.port}`;

    it('that the password is wrong, without showing it', async () => {
      const error = await refusal({ ipmi_password: 'wrong-horse' });
      assert.equal(error.code, 'BmcAuthFailed');
      const sentence = `Node rack1: reading the power state failed, the BMC at ${address()} refused the login; correct driver_info/ipmi_username, ipmi_password, ipmi_priv_level or ipmi_hex_kg_key. `;
      assert.ok(error.message.startsWith(sentence), error.message);
      assert.doesNotMatch(`${error.message} ${error.stack}`, new RegExp(`horse|${PASSWORD}`));
    });

    it('that the user is unknown', async () => {
      const error = await refusal({ ipmi_username: 'nobody' });
      assert.equal(error.code, 'BmcAuthFailed');
      assert.match(error.message, /refused the login; correct driver_info\/ipmi_username/);
    });

    it('that the BMC is silent, by its deadline', async () => {
      world.bmc.faults.silent = true;
      const context = { node: ipmiNode(world.bmc), signal: new AbortController().signal };
      await assert.rejects(createIpmiHardware(client, { deadlineMs: 700 }).power.getPowerState(context), {
        code: 'BmcUnreachable',
        message:
          /^Node rack1: reading the power state failed, the BMC at 127\.0\.0\.1:\d+ does not answer; check driver_info\/ipmi_address and ipmi_port, the network, and that IPMI over LAN is switched on\. /,
      });
    });

    it('that the address does not exist', async () => {
      const error = await refusal({ ipmi_address: 'bmc.invalid' });
      assert.equal(error.code, 'BmcUnreachable');
      assert.match(error.message, /the BMC at bmc\.invalid:\d+ cannot be reached; check driver_info\/ipmi_address/);
    });

    it('that the privilege is too low', async () => {
      const context = calling(ipmiNode(world.bmc, { ipmi_username: 'viewer', ipmi_priv_level: 'USER' }));
      assert.equal(await ipmi.power.getPowerState(context), 'power off');
      await assert.rejects(ipmi.power.setPowerState(context, 'power on'), {
        code: 'BmcRefused',
        message:
          /asking for "power on" failed, the BMC at .* refused for want of privilege; give the user ADMINISTRATOR/,
      });
    });

    it('that the BMC does not know a command', async () => {
      world.bmc.faults.codes = { '00/02': 0xc1 };
      await assert.rejects(ipmi.management.injectNmi(calling(ipmiNode(world.bmc))), {
        code: 'BmcRefused',
        message: /sending an NMI failed, the BMC at .* does not know the command; this machine cannot do it by IPMI\. /,
      });
    });

    it('that no cipher suite fits', async () => {
      const error = await refusal({ ipmi_cipher_suite: 0 });
      assert.equal(error.code, 'BmcRefused');
      assert.match(error.message, /offers no cipher suite that is allowed; enable suite 17 or 3 on the BMC/);
    });
  });

  it('rejects with the reason of the signal when it is aborted', async () => {
    world.bmc.faults.silent = true;
    const reason = new Error('the operation was aborted');
    const controller = new AbortController();
    const reading = ipmi.power.getPowerState({ node: ipmiNode(world.bmc), signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(reading, reason);
  });

  it('has no step of BIOS, RAID or disks', async () => {
    const step = { interface: 'bios', step: 'shine', priority: 1 } as const;
    await assert.rejects(ipmi.steps.run(calling(ipmiNode(world.bmc)), step), {
      code: 'StepNotFound',
      message: 'Node rack1: the BMC itself has no step bios.shine.',
    });
  });

  describe('validate', () => {
    const reasons = (driverInfo: Record<string, unknown>) =>
      ipmi.validate(aNode({ name: 'rack2', driverInfo: { ipmi_address: '192.0.2.7', ...driverInfo } }), []);

    it('accepts what Ironic accepts, numbers and flags as text too', async () => {
      const fine = {
        ipmi_port: '6230',
        ipmi_priv_level: 'operator',
        ipmi_cipher_suite: '3',
        ipmi_disable_boot_timeout: 'False',
      };
      assert.deepEqual(await reasons(fine), {});
      assert.deepEqual(await reasons({ ipmi_username: null, other_thing: 1 }), {});
    });

    it('says that the address is missing', async () => {
      const reason = 'Node rack2 has no driver_info/ipmi_address; set it to the address of its BMC.';
      assert.deepEqual(await reasons({ ipmi_address: '' }), { power: reason, management: reason });
    });

    it('names each field that does not fit', async () => {
      const unfit = {
        ipmi_port: 'six',
        ipmi_hex_kg_key: 'abc',
        ipmi_priv_level: 'ROOT',
        ipmi_cipher_suite: 99,
        ipmi_protocol_version: '1.5',
        ipmi_disable_boot_timeout: 'maybe',
        ipmi_bridging: 'triple',
      };
      for (const [field, value] of Object.entries(unfit)) {
        assert.match(
          (await reasons({ [field]: value }))['power'] ?? '',
          new RegExp(`^Node rack2: driver_info/${field}: `),
        );
      }
    });

    it('names what bridging lacks', async () => {
      const single = { ipmi_bridging: 'single', ipmi_target_channel: '0', ipmi_target_address: '0x82' };
      assert.deepEqual(await reasons(single), {});
      assert.match((await reasons({ ...single, ipmi_target_channel: 16 }))['power'] ?? '', /ipmi_target_channel/);
      const dual = { ...single, ipmi_bridging: 'dual' };
      assert.match((await reasons(dual))['power'] ?? '', /ipmi_transit_channel.*ipmi_transit_address/);
    });

    it('never shows a secret', async () => {
      const { power } = await reasons({ ipmi_password: ['s3cret'], ipmi_hex_kg_key: 's3cret' });
      assert.match(power ?? '', /ipmi_password.*ipmi_hex_kg_key/);
      assert.doesNotMatch(power ?? '', /s3cret/);
    });
  });

  describe('a power sweep', () => {
    it('reads many BMCs, and one that is silent holds up nobody', async () => {
      const dead = createSocket('udp4');
      await new Promise<void>((resolve) => dead.bind(0, '127.0.0.1', resolve));
      const on = await startBmc();
      on.machine.power = 'on';
      const nodes = [world.bmc, { address: dead.address() }, on.bmc].map((bmc, index) => ({
        ...ipmiNode(bmc),
        uuid: `node-${index}`,
      }));
      const signal = new AbortController().signal;
      const readings = await sweepPower(() => ipmi, { nodes, signal, concurrency: 2, deadlineMs: 1000 });
      assert.deepEqual(readings, [
        { nodeUuid: 'node-0', powerState: 'power off', health: 'OK', error: null },
        {
          nodeUuid: 'node-1',
          powerState: null,
          health: null,
          error: { code: 'BmcUnreachable', message: 'Node rack1: its BMC did not tell the power state within 1 s.' },
        },
        { nodeUuid: 'node-2', powerState: 'power on', health: 'OK', error: null },
      ]);
      await on.bmc.stop();
      dead.close();
    });

    it('ends with the reason when it is aborted, and reads nothing when there is nothing', async () => {
      const sweep = { nodes: [ipmiNode(world.bmc)], concurrency: 10, deadlineMs: 1000 };
      const signal = AbortSignal.abort(new Error('the worker stops'));
      await assert.rejects(
        sweepPower(() => ipmi, { ...sweep, signal }),
        { message: 'the worker stops' },
      );
      const nothing = { ...sweep, nodes: [], signal: new AbortController().signal };
      assert.deepEqual(await sweepPower(() => ipmi, nothing), []);
    });
  });
});
