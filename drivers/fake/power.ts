import { countFakeCall, readFakeDevice, restartFake, setFakePower } from '../../db/fake-devices.ts';
import type { PowerInterface } from '../interfaces.ts';
import { fakeHealth } from './dials.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

/** Power of a fake device. */
export function createFakePower(tools: FakeTools): PowerInterface {
  const { db } = tools;
  const getPowerState: PowerInterface['getPowerState'] = (context) =>
    actOnFake(tools, context, { call: 'power.getPowerState' }, async () => {
      const device = await readFakeDevice(db, context.node.uuid);
      return device.powerState;
    });
  return {
    getPowerState,
    async getStatus(context) {
      return { powerState: await getPowerState(context), health: fakeHealth(context.node) };
    },
    setPowerState(context, target) {
      return actOnFake(tools, context, { call: 'power.setPowerState', delay: 'fake_power_delay_s' }, () =>
        setFakePower(db, { nodeUuid: context.node.uuid, target }),
      );
    },
    restart(context) {
      return actOnFake(tools, context, { call: 'power.restart', delay: 'fake_power_delay_s' }, () =>
        restartFake(db, context.node.uuid),
      );
    },
    /** The fake operating system obeys, unless driver_info says that it ignores the button. */
    requestSoftOff(context) {
      return actOnFake(tools, context, { call: 'power.requestSoftOff', delay: 'fake_power_delay_s' }, async () => {
        await countFakeCall(db, { nodeUuid: context.node.uuid, name: 'soft off' });
        if (context.node.driverInfo['fake_ignores_soft_off'] === true) return;
        await setFakePower(db, { nodeUuid: context.node.uuid, target: 'power off' });
      });
    },
  };
}
