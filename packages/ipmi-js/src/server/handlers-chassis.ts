import { chassisControl } from '../commands/chassis-control.ts';
import { chassisIdentify } from '../commands/chassis-identify.ts';
import { getChassisCapabilities } from '../commands/get-chassis-capabilities.ts';
import { getChassisStatus } from '../commands/get-chassis-status.ts';
import type { ChassisStatus } from '../commands/get-chassis-status.ts';
import { getPohCounter } from '../commands/get-poh-counter.ts';
import { getSystemBootOptions } from '../commands/get-system-boot-options.ts';
import { getSystemRestartCause } from '../commands/get-system-restart-cause.ts';
import { setChassisCapabilities } from '../commands/set-chassis-capabilities.ts';
import { setFrontPanelEnables } from '../commands/set-front-panel-enables.ts';
import { setPowerCycleInterval } from '../commands/set-power-cycle-interval.ts';
import { setPowerRestorePolicy } from '../commands/set-power-restore-policy.ts';
import { setSystemBootOptions } from '../commands/set-system-boot-options.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';
import { LAN_CHANNEL } from './handlers-channel.ts';
import type { ChassisPower } from './options.ts';

const MINUTES_PER_COUNT = 60;
const BOOT_OPTIONS_VERSION = 1;
const DEFAULT_IDENTIFY_SECONDS = 15;
const POLICIES = ['off', 'previous', 'on', 'unknown'] as const;

function status({ bmc }: Context, power: ChassisPower): ChassisStatus {
  return {
    restorePolicy: POLICIES[bmc.chassis.restorePolicy] ?? 'unknown',
    powerControlFault: false,
    powerFault: false,
    interlock: false,
    powerOverload: false,
    powerOn: power === 'on',
    lastOnByIpmi: bmc.chassis.lastOnByIpmi,
    lastOffByFault: false,
    lastOffByInterlock: false,
    lastOffByOverload: false,
    acFailed: false,
    identifySupported: true,
    identify: bmc.chassis.light.state,
    coolingFault: false,
    driveFault: false,
    frontPanelLockout: false,
    intrusion: false,
    standbyDisableAllowed: true,
    nmiDisableAllowed: true,
    resetDisableAllowed: true,
    powerOffDisableAllowed: true,
    ...bmc.registers.frontPanel,
  };
}

const CAUSES = ['unknown', 'chassis control'] as const;

/** Chassis commands (IPMI v2.0 §28). */
export const CHASSIS_HANDLERS: readonly Handler[] = [
  handle(getChassisCapabilities, (_, { bmc }) => bmc.registers.capabilities),
  handle(setChassisCapabilities, (change, { bmc: { registers } }) => {
    registers.capabilities = { ...registers.capabilities, ...change };
    return {};
  }),
  handle(setFrontPanelEnables, (frontPanel, { bmc }) => {
    bmc.registers.frontPanel = frontPanel;
    return {};
  }),
  handle(setPowerCycleInterval, ({ seconds }, { bmc }) => {
    bmc.chassis.cycleSeconds = seconds;
    return {};
  }),
  handle(getChassisStatus, (_, context) => {
    const power = context.bmc.chassis.power();
    return power instanceof Promise ? power.then((known) => status(context, known)) : status(context, power);
  }),
  handle(chassisControl, async ({ action }, { bmc }) => {
    bmc.bootOptions.stopTimeout();
    await bmc.chassis.control(action);
    return {};
  }),
  handle(chassisIdentify, async ({ seconds, forceOn }, { bmc }) => {
    await bmc.chassis.identify(forceOn === true ? 'forever' : (seconds ?? DEFAULT_IDENTIFY_SECONDS));
    return {};
  }),
  handle(setPowerRestorePolicy, ({ policy }, { bmc }) => {
    const known = POLICIES.findIndex((name) => name === policy);
    if (known >= 0) bmc.chassis.restorePolicy = known;
    return { canStayOn: true, canRestore: true, canStayOff: true };
  }),
  handle(getSystemRestartCause, (_, { bmc }) => ({
    cause: CAUSES[bmc.chassis.restartCause] ?? 'unknown',
    channel: LAN_CHANNEL,
  })),
  handle(getPohCounter, async (_, { bmc }) => ({
    minutesPerCount: MINUTES_PER_COUNT,
    counter: Math.floor((await bmc.chassis.ranMinutes()) / MINUTES_PER_COUNT),
  })),
  handle(getSystemBootOptions, ({ parameter, set }, { bmc }) => ({
    version: BOOT_OPTIONS_VERSION,
    locked: false,
    parameter,
    data: bmc.bootOptions.get(parameter, set),
  })),
  handle(setSystemBootOptions, ({ parameter, data }, { bmc }) => {
    bmc.bootOptions.set(parameter, data);
    return {};
  }),
];
