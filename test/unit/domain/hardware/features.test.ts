import assert from 'node:assert/strict';
import { parseCapabilities, setCapability } from '../../../../domain/capabilities.ts';
import { withFeatures } from '../../../../domain/hardware/features.ts';
import { uplinkMbps } from '../../../../domain/hardware/lldp.ts';
import type { JsonObject } from '../../../../domain/node.ts';

/** Fields and their forms as ironic-python-agent 13.0.0 has them (hardware.py, inspector.py). */
const NIC = { name: 'eth0', mac_address: '52:54:00:00:00:01', client_id: null, speed_mbps: null, driver: 'e1000e' };
const DISK = { name: '/dev/sda', rotational: true, size: 1 };
/** MAC/PHY TLV: auto-negotiation supported and on, and the given operational MAU type. */
const macPhy = (mau: number): [number, string] => [127, `00120f01036c01${mau.toString(16).padStart(4, '0')}`];

interface Report {
  readonly inventory?: JsonObject;
  readonly pluginData?: JsonObject;
}
const featuresOf = ({ inventory = {}, pluginData = {} }: Report, traits: string[] = [], capabilities?: unknown) =>
  withFeatures({ traits, capabilities }, { inventory, pluginData });

describe('features of hardware', () => {
  const TRAITS: readonly [string, Report, readonly string[]][] = [
    ['rotating disks', { inventory: { disks: [DISK, DISK] } }, ['CUSTOM_DISK_HDD']],
    ['solid state disks', { inventory: { disks: [{ ...DISK, rotational: false }] } }, ['CUSTOM_DISK_SSD']],
    [
      'NVMe',
      { inventory: { disks: [{ ...DISK, name: '/dev/nvme0n1' }, DISK] } },
      ['CUSTOM_DISK_HDD', 'CUSTOM_DISK_NVME'],
    ],
    ['disks of an unknown kind', { inventory: { disks: [{ name: '/dev/vda', rotational: null }] } }, []],
    ['a NIC of 25 Gb/s', { inventory: { interfaces: [{ ...NIC, speed_mbps: 25_000 }, NIC] } }, ['CUSTOM_NIC_25G']],
    ['a NIC of 2.5 Gb/s', { inventory: { interfaces: [{ ...NIC, speed_mbps: 2500 }] } }, ['CUSTOM_NIC_2_5G']],
    ['a NIC of 100 Mb/s', { inventory: { interfaces: [{ ...NIC, speed_mbps: 100 }] } }, ['CUSTOM_NIC_100M']],
    [
      'an uplink by LLDP',
      { inventory: { interfaces: [{ ...NIC, lldp: [[1, '04'], macPhy(114)] }] } },
      ['CUSTOM_UPLINK_25G'],
    ],
    [
      'an uplink by the LLDP collector',
      { pluginData: { lldp_raw: { eth0: [macPhy(30)], eth1: [] } } },
      ['CUSTOM_UPLINK_1G'],
    ],
    ['InfiniBand', { inventory: { interfaces: [{ ...NIC, client_id: 'ff:00:00' }] } }, ['CUSTOM_NIC_INFINIBAND']],
    ['RoCE', { inventory: { interfaces: [{ ...NIC, driver: 'mlx5_core' }] } }, ['CUSTOM_NIC_ROCE']],
    [
      'a GPU, and not the BMC’s display',
      {
        pluginData: {
          pci_devices: [
            { vendor_id: '1a03', product_id: '2000', class: '030000' },
            { vendor_id: '10de', product_id: '20b0', class: '030200' },
            { vendor_id: '8086', product_id: '1572', class: '020000' },
          ],
        },
      },
      ['CUSTOM_GPU', 'CUSTOM_GPU_10DE_20B0', 'CUSTOM_GPU_NVIDIA'],
    ],
    [
      'no GPU in the processor’s graphics',
      { pluginData: { pci_devices: [{ vendor_id: '8086', product_id: '3e9b', class: '030000' }] } },
      [],
    ],
    [
      'CPU features of x86',
      { inventory: { cpu: { architecture: 'x86_64', flags: ['fpu', 'vmx', 'avx2'] } } },
      ['HW_CPU_X86_AVX2', 'HW_CPU_X86_VMX'],
    ],
    [
      'CPU features of Arm',
      { inventory: { cpu: { architecture: 'aarch64', flags: ['fp', 'sve'] } } },
      ['HW_CPU_AARCH64_SVE'],
    ],
    ['nothing in an empty report', {}, []],
    [
      'nothing in a malformed one',
      { inventory: { disks: 'x', interfaces: [7], cpu: [] }, pluginData: { lldp_raw: 1 } },
      [],
    ],
  ];
  for (const [what, report, traits] of TRAITS) {
    it(`are seen: ${what}`, () => assert.deepEqual(featuresOf(report).traits, traits));
  }

  it('are capabilities too, Ironic’s by CPU flag among them', () => {
    const inventory = {
      cpu: { architecture: 'x86_64', flags: ['svm', 'aes', 'pse', 'pdpe1gb', 'smx'] },
      interfaces: [
        { ...NIC, speed_mbps: 1000, lldp: [macPhy(36)] },
        { ...NIC, speed_mbps: 10_000 },
      ],
    };
    const gpu = { vendor_id: '1002', product_id: '74a1', class: '120000' };
    const { capabilities } = featuresOf({ inventory, pluginData: { pci_devices: [gpu, gpu] } }, [], 'boot_mode:bios');
    assert.deepEqual(Object.fromEntries(parseCapabilities(capabilities)), {
      boot_mode: 'bios',
      cpu_vt: 'true',
      cpu_aes: 'true',
      cpu_hugepages: 'true',
      cpu_hugepages_1g: 'true',
      cpu_txt: 'true',
      nic_mbps: '10000',
      uplink_mbps: '10000',
      gpus: '2',
    });
  });

  it('go when they are gone, and stay when nobody looked', () => {
    const had = ['CUSTOM_DISK_HDD', 'CUSTOM_GPU', 'CUSTOM_GPU_NVIDIA', 'CUSTOM_MINE', 'HW_CPU_X86_VMX'];
    const inventory = { disks: [{ ...DISK, rotational: false }] };
    assert.deepEqual(featuresOf({ inventory }, had).traits, ['CUSTOM_DISK_SSD', ...had.slice(1)]);
    const looked = featuresOf({ inventory, pluginData: { pci_devices: [] } }, had, 'gpus:1,rack:7');
    assert.deepEqual(looked.traits, ['CUSTOM_DISK_SSD', 'CUSTOM_MINE', 'HW_CPU_X86_VMX']);
    assert.equal(looked.capabilities, 'rack:7');
  });
});

describe('the speed of a switch port', () => {
  const CASES: readonly [string, unknown, number | undefined][] = [
    ['is said by the MAU type', [macPhy(16)], 100],
    ['is said in capitals too', [[127, '00120F01036C01001E']], 1000],
    ['goes up to 400 Gb/s', [macPhy(147)], 400_000],
    ['is unknown in an unknown type', [macPhy(999)], undefined],
    ['is not in other organizations’ TLVs', [[127, '0080c201036c01001e']], undefined],
    ['is not in a cut TLV', [[127, '00120f01036c01']], undefined],
    ['is not in what is no list', 'x', undefined],
    ['is not in a list of nothing', [7, []], undefined],
  ];
  for (const [what, tlvs, mbps] of CASES) {
    it(what, () => assert.equal(uplinkMbps(tlvs), mbps));
  }
});

describe('capabilities', () => {
  it('are read from both of Ironic’s forms', () => {
    assert.deepEqual(
      [...parseCapabilities(' a:1, b:x:y ,c,:d')],
      [
        ['a', '1'],
        ['b', 'x:y'],
      ],
    );
    assert.deepEqual([...parseCapabilities({ a: '1', b: 2 })], [['a', '1']]);
    for (const none of [null, undefined, 7, []]) assert.equal(parseCapabilities(none).size, 0);
  });

  it('are set, changed and taken away', () => {
    assert.equal(setCapability('a:1,b:2', 'a', '3'), 'a:3,b:2');
    assert.equal(setCapability(null, 'a', '1'), 'a:1');
    assert.equal(setCapability('a:1,b:2', 'a', null), 'b:2');
  });
});
