import { CC } from '../codec/completion-codes.ts';
import { encode } from '../codec/layout.ts';
import { activateDcmiPowerLimit } from '../commands/activate-dcmi-power-limit.ts';
import { getDcmiAssetTag } from '../commands/get-dcmi-asset-tag.ts';
import { getDcmiCapabilities } from '../commands/get-dcmi-capabilities.ts';
import { getDcmiControllerId } from '../commands/get-dcmi-controller-id.ts';
import { getDcmiPowerLimit } from '../commands/get-dcmi-power-limit.ts';
import { getDcmiPowerReading } from '../commands/get-dcmi-power-reading.ts';
import { getDcmiSensorInfo } from '../commands/get-dcmi-sensor-info.ts';
import { getDcmiTemperatures } from '../commands/get-dcmi-temperatures.ts';
import { setDcmiAssetTag } from '../commands/set-dcmi-asset-tag.ts';
import { setDcmiControllerId } from '../commands/set-dcmi-controller-id.ts';
import { setDcmiPowerLimit } from '../commands/set-dcmi-power-limit.ts';
import { CompletionError } from './completion-error.ts';
import { dcmiCapabilities } from './dcmi-capabilities.ts';
import { recordIds, temperatures } from './dcmi-sensors.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';
import type { PowerLimit } from './power-limit.ts';
import type { PowerMeter } from './power-meter.ts';

const SYSTEM_POWER = 0x01;
const NO_ACTIVE_LIMIT = 0x80;

/** @throws CompletionError C1h for a BMC without power management. */
function meter({ bmc }: Context): PowerMeter {
  if (bmc.powerMeter === undefined) throw new CompletionError(CC.invalidCommand);
  return bmc.powerMeter;
}

/** @throws CompletionError C1h for a BMC without power management. */
function limit(context: Context): PowerLimit {
  meter(context);
  return context.bmc.powerLimit;
}

/** Power, identification and temperatures by DCMI v1.5. */
export const DCMI_HANDLERS: readonly Handler[] = [
  handle(
    getDcmiCapabilities,
    ({ parameter }, { bmc }) => ({ major: 1, minor: 5, revision: 2, data: dcmiCapabilities(parameter, bmc) }),
    { open: true },
  ),
  handle(getDcmiPowerReading, ({ mode }, context) => {
    const statistics = meter(context).read();
    if (mode !== SYSTEM_POWER) throw new CompletionError(CC.invalidData);
    return { ...statistics, timestamp: Math.floor(Date.now() / 1000), active: true };
  }),
  handle(getDcmiPowerLimit, (_, context) => {
    const { held, isActive } = limit(context);
    // The limit comes with the refusal too: ipmitool reads it before it changes one of its values.
    if (!isActive) throw new CompletionError(NO_ACTIVE_LIMIT, encode(getDcmiPowerLimit.response, held));
    return held;
  }),
  handle(setDcmiPowerLimit, (wanted, context) => (limit(context).set(wanted), {})),
  handle(activateDcmiPowerLimit, ({ active }, context) => (limit(context).activate(active === 1), {})),
  handle(getDcmiAssetTag, ({ offset, count }, { bmc: { dcmiTexts } }) => ({
    total: dcmiTexts.assetTag.length,
    data: dcmiTexts.assetTag.read(offset, count),
  })),
  handle(setDcmiAssetTag, ({ offset, count, data }, { bmc: { dcmiTexts } }) => {
    dcmiTexts.assetTag.write(offset, count, data);
    return { total: dcmiTexts.assetTag.length };
  }),
  handle(getDcmiControllerId, ({ offset, count }, { bmc: { dcmiTexts } }) => ({
    total: dcmiTexts.controllerId.length,
    data: dcmiTexts.controllerId.read(offset, count),
  })),
  handle(setDcmiControllerId, ({ offset, count, data }, { bmc: { dcmiTexts } }) => {
    dcmiTexts.controllerId.write(offset, count, data);
    return { lastOffset: offset + count };
  }),
  handle(getDcmiSensorInfo, (asked, { bmc }) => recordIds(asked, bmc.sdrs)),
  handle(getDcmiTemperatures, (asked, { bmc }) => temperatures(asked, bmc.sdrs)),
];
