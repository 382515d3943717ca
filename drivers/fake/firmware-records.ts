import { z } from 'zod';
import { addBiosSettings } from '../../db/bios-settings.ts';
import { addFirmwareComponents } from '../../db/firmware-components.ts';
import type { Queryable } from '../../db/pool.ts';
import type { Node } from '../../domain/node.ts';
import { wrongDial } from './dials.ts';

const settingValue = z.union([z.string(), z.number(), z.boolean()]).transform(String).nullable();
const biosDial = z.record(z.string(), settingValue);
const firmwareDial = z.record(z.string(), z.string());

/**
 * Notes the BIOS settings and firmware versions that the fake machine came with: driver_info/fake_bios and fake_firmware.
 * What is noted of it already stays, since steps may have changed it.
 * @throws BareMetalError `InvalidParameterValue`
 */
export async function noteFirmware(db: Queryable, node: Node): Promise<void> {
  const { bios, firmware } = firmwareOf(node);
  if (bios.length > 0) await addBiosSettings(db, node.uuid, bios);
  if (firmware.length > 0) await addFirmwareComponents(db, node.uuid, firmware);
}

/** What the dials say. @throws BareMetalError `InvalidParameterValue` */
export function firmwareOf(node: Node) {
  const bios = readDial(node, 'fake_bios', biosDial, '{"ProcVirtualization": "Enabled"}');
  const firmware = readDial(node, 'fake_firmware', firmwareDial, '{"bmc": "1.0"}');
  return {
    bios: Object.entries(bios).map(([name, value]) => ({ name, value })),
    firmware: Object.entries(firmware).map(([component, version]) => ({ component, version })),
  };
}

function readDial<T>(
  node: Node,
  dial: string,
  schema: z.ZodType<Record<string, T>>,
  example: string,
): Record<string, T> {
  const parsed = schema.safeParse(node.driverInfo[dial] ?? {});
  if (parsed.success) return parsed.data;
  throw wrongDial(node, dial, `expected an object such as ${example}`);
}
