import { closeConsoleSession, openConsoleSession } from '../../db/device-changes.ts';
import { tellFake } from '../../db/fake-devices.ts';
import { wordsOfChange, type DeviceChange } from '../../domain/device-changes.ts';
import type { CallContext, DeviceChanges } from '../interfaces.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

/** How long the token of a graphical console is good for, in seconds (Ironic: [vnc]token_timeout). */
const CONSOLE_TOKEN_S = 600;

/** Boot mode, secure boot, lamps, virtual media and console of a fake device: each is noted, and counted where it changes anything. */
export function createFakeChanges(tools: FakeTools): DeviceChanges {
  const tell = (context: CallContext, change: DeviceChange): Promise<void> => {
    const call = { call: `changes.${change.what}`, delay: 'fake_management_delay_s' } as const;
    return actOnFake(tools, context, call, () =>
      tellFake(tools.db, { nodeUuid: context.node.uuid, subject: subjectOf(change), words: wordsOfChange(change) }),
    );
  };
  return {
    'boot mode': tell,
    'secure boot': tell,
    indicator: tell,
    'attach media': tell,
    'detach media': tell,
    async console(context, change) {
      await tell(context, change);
      const { uuid, interfaces } = context.node;
      if (!change.enabled) await closeConsoleSession(tools.db, uuid);
      else if (interfaces.console === 'fake-graphical') await openConsoleSession(tools.db, uuid, CONSOLE_TOKEN_S);
    },
  };
}

/** What of the device a change is about. */
function subjectOf(change: DeviceChange): string {
  if (change.what === 'indicator') return `indicator ${change.name}@${change.component}`;
  return change.what.endsWith(' media') ? 'media' : change.what;
}
