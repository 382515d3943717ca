import { countFakeCall } from '../../db/fake-devices.ts';
import type { RescueInterface } from '../interfaces.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

/** Rescue of a fake device: it boots whatever it is told, and nobody logs in. */
export function createFakeRescue(tools: FakeTools): RescueInterface {
  return {
    finishRescue(context) {
      const call = { call: 'rescue.finishRescue', delay: 'fake_rescue_delay_s' } as const;
      return actOnFake(tools, context, call, () =>
        countFakeCall(tools.db, { nodeUuid: context.node.uuid, name: 'rescue' }),
      );
    },
  };
}
