import { objectsIn } from '../json.ts';
import type { JsonObject } from '../node.ts';

/** A GPU or another accelerator on the PCI bus. */
export interface Gpu {
  /** Vendor as a word of a trait. */
  readonly vendor: string;
  /** PCI vendor and device id, four hex digits each. */
  readonly vendorId: string;
  readonly productId: string;
}

/** Vendors by PCI vendor id. Display chips of BMCs (ASPEED, Matrox) are none of these. */
const VENDORS: Readonly<Record<string, string>> = {
  '10de': 'NVIDIA',
  '1002': 'AMD',
  '8086': 'INTEL',
  '1da3': 'HABANA',
};

/**
 * PCI classes of accelerators (PCI Code and ID Assignment §1.4, §1.19), base class and subclass: VGA, 3D and other
 * display controllers, processing accelerators.
 */
const CLASSES = ['0300', '0302', '0380', '1200'];

/** An Intel VGA controller is the graphics in the processor: nobody asks for a machine because of it. */
const isIntegrated = (vendorId: string, pciClass: string): boolean => vendorId === '8086' && pciClass === '0300';

/**
 * The GPUs among the PCI devices that the agent's collector `pci-devices` reports; undefined when it didn't run.
 * @param pluginData of an inspection: `pci_devices` [{vendor_id, product_id, class}], ids in hex
 */
export function gpusIn(pluginData: JsonObject): Gpu[] | undefined {
  return objectsIn(pluginData, 'pci_devices')?.flatMap((device) => {
    const [vendorId, productId, pciClass] = ['vendor_id', 'product_id', 'class'].map((name) => hexOf(device[name]));
    const vendor = VENDORS[vendorId ?? ''];
    const kind = pciClass?.slice(0, 4) ?? '';
    if (vendor === undefined || vendorId === undefined || productId === undefined) return [];
    return CLASSES.includes(kind) && !isIntegrated(vendorId, kind) ? [{ vendor, vendorId, productId }] : [];
  });
}

function hexOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase().replace(/^0x/, '') : undefined;
}
