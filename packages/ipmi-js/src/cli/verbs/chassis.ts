import { BOOT_DEVICES } from '../../commands/boot-flags.ts';
import type { BootDevice } from '../../commands/boot-flags.ts';
import type { ChassisAction } from '../../commands/chassis-control.ts';
import { getPohCounter } from '../../commands/get-poh-counter.ts';
import { getSystemRestartCause } from '../../commands/get-system-restart-cause.ts';
import { setPowerRestorePolicy } from '../../commands/set-power-restore-policy.ts';
import { fields, numberOf, oneOf, verb } from '../verb.ts';
import type { Verb, Verbs } from '../verb.ts';

/** Words of `power` with what ipmitool says when it is done. */
const ACTIONS: Readonly<Record<string, { action: ChassisAction; said: string }>> = {
  on: { action: 'on', said: 'Up/On' },
  off: { action: 'off', said: 'Down/Off' },
  cycle: { action: 'cycle', said: 'Cycle' },
  reset: { action: 'reset', said: 'Reset' },
  diag: { action: 'nmi', said: 'Diag' },
  soft: { action: 'soft', said: 'Soft' },
};

const DEVICES: Readonly<Record<string, BootDevice>> = Object.fromEntries(
  BOOT_DEVICES.map((device): [string, BootDevice] => [device, device]),
);
const POLICIES = { 'always-on': 'on', previous: 'previous', 'always-off': 'off' } as const;

const powerStatus = verb('', async ({ bmc }) => {
  const { powerOn } = await bmc.getChassisStatus();
  return { lines: [`Chassis Power is ${powerOn ? 'on' : 'off'}`], value: { powerOn } };
});

const powerVerbs: Verbs = {
  status: powerStatus,
  ...Object.fromEntries(
    Object.entries(ACTIONS).map(([word, { action, said }]): [string, Verb] => [
      word,
      verb('', async ({ bmc }) => {
        await bmc.chassisControl(action);
        return { lines: [`Chassis Power Control: ${said}`], value: { action } };
      }),
    ]),
  ),
};

const bootdev = verb('DEVICE [options=efiboot,persistent,clear-cmos]…', async ({ bmc }, [word, ...rest]) => {
  const device = oneOf(DEVICES, word, 'bootdev');
  const options = new Set(rest.flatMap((text) => text.replace(/^options=/, '').split(',')));
  const efi = options.has('efiboot');
  const persistent = options.has('persistent');
  const clearCmos = options.has('clear-cmos') || options.has('clear-cmos=yes');
  await bmc.setBootDevice(device, { efi, persistent, clearCmos });
  return { lines: [`Set Boot Device to ${device}`], value: { device, efi, persistent, clearCmos } };
});

const identify = verb('[SECONDS|force]', async ({ bmc }, [word = '15']) => {
  const seconds = word === 'force' ? 'forever' : numberOf(word, 'chassis identify');
  await bmc.identify(seconds);
  const said = seconds === 0 ? 'off' : `${seconds} seconds`;
  return { lines: [`Chassis identify interval: ${seconds === 'forever' ? 'indefinite' : said}`], value: { seconds } };
});

const named = (prefix: string, verbs: Verbs): Verbs =>
  Object.fromEntries(Object.entries(verbs).map(([word, one]) => [`${prefix} ${word}`, one]));

/** Power, boot device and the chassis. */
export const CHASSIS_VERBS: Verbs = {
  ...named('power', powerVerbs),
  ...named('chassis power', powerVerbs),
  bootdev,
  'chassis bootdev': bootdev,
  'chassis bootparam get 5': verb('', async ({ bmc }) => {
    const { flags, locked } = await bmc.getBootOptions();
    return fields({ ...flags, locked });
  }),
  'chassis status': verb('', async ({ bmc }) => fields(await bmc.getChassisStatus())),
  'chassis identify': identify,
  'chassis poh': verb('', async ({ bmc }) => {
    const { minutesPerCount, counter } = await bmc.command(getPohCounter, {});
    const hours = Math.floor((counter * minutesPerCount) / 60);
    const value = { days: Math.floor(hours / 24), hours: hours % 24 };
    return { lines: [`POH Counter  : ${value.days} days, ${value.hours} hours`], value };
  }),
  'chassis policy': verb('always-on|previous|always-off', async ({ bmc }, [word]) => {
    const policy = oneOf(POLICIES, word, 'chassis policy');
    await bmc.command(setPowerRestorePolicy, { policy });
    return { lines: [`Set chassis power restore policy to ${word ?? ''}`], value: { policy } };
  }),
  'chassis restart_cause': verb('', async ({ bmc }) => {
    const { cause } = await bmc.command(getSystemRestartCause, {});
    return { lines: [`System restart cause: ${cause}`], value: { cause } };
  }),
};
