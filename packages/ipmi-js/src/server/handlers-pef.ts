import { CC } from '../codec/completion-codes.ts';
import { alertImmediate } from '../commands/alert-immediate.ts';
import { armPefPostponeTimer } from '../commands/arm-pef-postpone-timer.ts';
import { getEventReceiver } from '../commands/get-event-receiver.ts';
import { getLastProcessedEventId } from '../commands/get-last-processed-event-id.ts';
import { getPefCapabilities } from '../commands/get-pef-capabilities.ts';
import { getPefConfiguration } from '../commands/get-pef-configuration.ts';
import { setEventReceiver } from '../commands/set-event-receiver.ts';
import { setLastProcessedEventId } from '../commands/set-last-processed-event-id.ts';
import { setPefConfiguration } from '../commands/set-pef-configuration.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { BmcParts, Handler } from './handler.ts';
import { PEF_ROWS } from './pef-parameters.ts';

const PEF_VERSION = 0x51;
/** Parameter revision: 1, oldest that it is compatible with: 1. */
const REVISION = 0x11;

const ALERT_OPERATIONS: Readonly<Record<string, (bmc: BmcParts, destination: number) => { status?: number }>> = {
  initiate: ({ pef }, destination) => (pef.startAlert(destination), {}),
  status: ({ pef }) => ({ status: pef.alertStatus }),
  clear: ({ pef }) => (pef.clearAlertStatus(), {}),
};

/** Event and PEF commands (IPMI v2.0 §29, §30). */
export const PEF_HANDLERS: readonly Handler[] = [
  handle(setEventReceiver, (receiver, { bmc }) => {
    bmc.registers.eventReceiver = receiver;
    return {};
  }),
  handle(getEventReceiver, (_, { bmc }) => bmc.registers.eventReceiver),
  handle(getPefCapabilities, (_, { bmc }) => ({
    version: PEF_VERSION,
    oemFilter: false,
    diagnosticInterrupt: false,
    oem: false,
    powerCycle: false,
    reset: false,
    powerDown: false,
    alert: bmc.options.onAlert !== undefined,
    filters: PEF_ROWS,
  })),
  handle(armPefPostponeTimer, ({ seconds }, { bmc }) => ({ seconds: bmc.pef.postpone(seconds) })),
  handle(setPefConfiguration, ({ parameter, data }, { bmc }) => (bmc.pef.parameters.set(parameter, data), {})),
  handle(getPefConfiguration, ({ revisionOnly, parameter, set, block }, { bmc }) => ({
    revision: REVISION,
    data: revisionOnly ? new Uint8Array() : bmc.pef.parameters.get(parameter, set, block),
  })),
  handle(setLastProcessedEventId, ({ byBmc, recordId }, { bmc }) => {
    bmc.pef[byBmc ? 'lastByBmc' : 'lastBySoftware'] = recordId;
    return {};
  }),
  handle(getLastProcessedEventId, (_, { bmc: { sel, pef } }) => ({
    addedAt: sel.addedAt,
    lastRecord: sel.lastId,
    lastBySoftware: pef.lastBySoftware,
    lastByBmc: pef.lastByBmc,
  })),
  handle(alertImmediate, ({ operation, destination }, { bmc }) => {
    const operate = ALERT_OPERATIONS[operation];
    if (operate === undefined) throw new CompletionError(CC.invalidData);
    return operate(bmc, destination);
  }),
];
