import { listPortAddresses } from '../../db/fake-devices.ts';
import type { CallContext, Inspection } from '../interfaces.ts';
import { presentDisks } from './disks.ts';
import { noteFirmware } from './firmware-records.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

/** What an inspection of a fake machine finds, in the shape that the agent reports; BIOS and firmware are noted. */
export function inspectFake(tools: FakeTools, context: CallContext): Promise<Inspection> {
  const call = { call: 'inspect.inspect', delay: 'fake_inspect_delay_s' } as const;
  return actOnFake(tools, context, call, async () => {
    await noteFirmware(tools.db, context.node);
    const addresses = await listPortAddresses(tools.db, context.node.uuid);
    return { inventory: inventoryOf(context, addresses), plugin_data: {} };
  });
}

function inventoryOf({ node }: CallContext, addresses: readonly string[]): Inspection['inventory'] {
  const disks = presentDisks(node).map(({ name, serial, model, sizeGib }) => ({
    name,
    serial,
    model,
    size: sizeGib * 2 ** 30,
    rotational: false,
    wwn: null,
    vendor: 'Fake',
  }));
  return {
    interfaces: addresses.map((address, index) => ({
      name: `eth${index}`,
      mac_address: address,
      has_carrier: true,
      ipv4_address: null,
    })),
    cpu: { architecture: 'x86_64', count: 4, model_name: 'Fake CPU', frequency: '2000.0', flags: [] },
    memory: { physical_mb: 8192, total: 8192 * 2 ** 20 },
    disks,
    boot: { current_boot_mode: node.bootMode ?? 'uefi', pxe_interface: addresses[0] ?? null },
    system_vendor: { manufacturer: 'Anneal', product_name: 'Fake machine', serial_number: node.uuid },
    bmc_address: null,
    hostname: node.name,
  };
}
