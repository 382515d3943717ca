import { CC } from '../codec/completion-codes.ts';
import { privilegeNumber } from '../commands/command.ts';
import { getBmcGlobalEnables } from '../commands/get-bmc-global-enables.ts';
import { getMessage } from '../commands/get-message.ts';
import { getSystemInfo } from '../commands/get-system-info.ts';
import { getWatchdogTimer } from '../commands/get-watchdog-timer.ts';
import { masterWriteRead } from '../commands/master-write-read.ts';
import { resetWatchdogTimer } from '../commands/reset-watchdog-timer.ts';
import { sendMessage } from '../commands/send-message.ts';
import { setBmcGlobalEnables } from '../commands/set-bmc-global-enables.ts';
import { setSystemInfo } from '../commands/set-system-info.ts';
import { setWatchdogTimer } from '../commands/set-watchdog-timer.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';
import { transfer } from './i2c.ts';
import { bridge } from './satellites.ts';

/** Parameter revision: 1, oldest that it is compatible with: 1. */
const REVISION = 0x11;

const OPERATOR = privilegeNumber('operator');
/** Leading byte of a message on the bus: the address, which Get Message leaves out (IPMI v2.0 table 22-8). */
const ADDRESS_BYTE = 1;

/** Hands a message to a controller. Without tracking its answer waits in the receive queue until somebody asks for it. */
async function send(
  request: ReturnType<typeof sendMessage.request.read>,
  { bmc, session }: Context,
): Promise<ReturnType<typeof sendMessage.response.read>> {
  // Users may speak to system software only (IPMI v2.0 table G-1, note 2), which is not there.
  if ((session?.privilege ?? 0) < OPERATOR) throw new CompletionError(CC.privilege);
  const message = await bridge(bmc.options.satellites ?? [], request);
  if (request.tracking !== 'none') return { message };
  bmc.received.put({ channel: request.channel, message: message.subarray(ADDRESS_BYTE) });
  return { message: new Uint8Array() };
}

/** App commands about the system beside and behind the BMC: watchdog, system info, bridging, buses. */
export const SYSTEM_HANDLERS: readonly Handler[] = [
  handle(setWatchdogTimer, (setting, { bmc }) => (bmc.watchdog.set(setting), {})),
  handle(resetWatchdogTimer, (_, { bmc }) => (bmc.watchdog.reset(), {})),
  handle(getWatchdogTimer, (_, { bmc }) => bmc.watchdog.get()),
  handle(setSystemInfo, ({ parameter, data }, { bmc }) => (bmc.systemInfo.set(parameter, data), {})),
  handle(getSystemInfo, ({ revisionOnly, parameter, set }, { bmc }) => ({
    revision: REVISION,
    data: revisionOnly ? new Uint8Array() : bmc.systemInfo.get(parameter, set),
  })),
  handle(sendMessage, send),
  handle(getMessage, (_, { bmc }) => ({ privilege: 0, ...bmc.received.take() })),
  handle(masterWriteRead, async (request, { bmc }) => ({ data: await transfer(bmc.options.i2c ?? [], request) })),
  handle(setBmcGlobalEnables, (enables, { bmc }) => {
    bmc.registers.globalEnables = enables;
    return {};
  }),
  handle(getBmcGlobalEnables, (_, { bmc }) => bmc.registers.globalEnables),
];
