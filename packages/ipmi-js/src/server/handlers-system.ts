import { getSystemInfo } from '../commands/get-system-info.ts';
import { getWatchdogTimer } from '../commands/get-watchdog-timer.ts';
import { resetWatchdogTimer } from '../commands/reset-watchdog-timer.ts';
import { sendMessage } from '../commands/send-message.ts';
import { setSystemInfo } from '../commands/set-system-info.ts';
import { setWatchdogTimer } from '../commands/set-watchdog-timer.ts';
import { handle } from './handler.ts';
import type { Handler } from './handler.ts';
import { bridge } from './satellites.ts';

/** Parameter revision: 1, oldest that it is compatible with: 1. */
const REVISION = 0x11;

/** App commands about the system beside and behind the BMC: watchdog, system info, bridging. */
export const SYSTEM_HANDLERS: readonly Handler[] = [
  handle(setWatchdogTimer, (setting, { bmc }) => (bmc.watchdog.set(setting), {})),
  handle(resetWatchdogTimer, (_, { bmc }) => (bmc.watchdog.reset(), {})),
  handle(getWatchdogTimer, (_, { bmc }) => bmc.watchdog.get()),
  handle(setSystemInfo, ({ parameter, data }, { bmc }) => (bmc.systemInfo.set(parameter, data), {})),
  handle(getSystemInfo, ({ revisionOnly, parameter, set }, { bmc }) => ({
    revision: REVISION,
    data: revisionOnly ? new Uint8Array() : bmc.systemInfo.get(parameter, set),
  })),
  handle(sendMessage, async (request, { bmc }) => ({ message: await bridge(bmc.options.satellites ?? [], request) })),
];
