import { countFakeCall, readFakeDevice, setFakeBoot } from '../../db/fake-devices.ts';
import { BOOT_DEVICES } from '../../domain/node.ts';
import type { BootSelection, ManagementInterface } from '../interfaces.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

/** Boot flags and NMI of a fake device. */
export function createFakeManagement(tools: FakeTools): ManagementInterface {
  const { db } = tools;
  return {
    getBootSelection(context) {
      return actOnFake(tools, context, { call: 'management.getBootSelection' }, async (): Promise<BootSelection> => {
        const { bootDevice, bootPersistent, bootUefi, clearCmos } = await readFakeDevice(db, context.node.uuid);
        return { device: bootDevice, persistent: bootPersistent, uefi: bootUefi, clearCmos };
      });
    },
    setBootSelection(context, selection) {
      const call = { call: 'management.setBootSelection', delay: 'fake_management_delay_s' } as const;
      return actOnFake(tools, context, call, () => setFakeBoot(db, { nodeUuid: context.node.uuid, ...selection }));
    },
    supportedBootDevices: () => BOOT_DEVICES,
    injectNmi(context) {
      return actOnFake(tools, context, { call: 'management.injectNmi' }, () =>
        countFakeCall(db, { nodeUuid: context.node.uuid, name: 'nmi' }),
      );
    },
  };
}
