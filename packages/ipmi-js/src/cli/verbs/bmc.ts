import { deactivatePayload } from '../../commands/deactivate-payload.ts';
import { getSelfTestResults } from '../../commands/get-self-test-results.ts';
import { getSessionInfo } from '../../commands/get-session-info.ts';
import { getWatchdogTimer } from '../../commands/get-watchdog-timer.ts';
import type { Bmc } from '../../client/bmc.ts';
import { completionError } from '../../client/completions.ts';
import { CC } from '../../codec/completion-codes.ts';
import type { CliAnswer, Verb, Verbs } from '../verb.ts';
import { fields, numberOf, verb } from '../verb.ts';

const SELF_TEST_PASSED = 0x55;
/** Index of the session that asks (IPMI v2.0 §22.20). */
const OWN_SESSION = 0;
const SOL = { payloadType: 1, instance: 1 } as const;
const MOST_WATTS = 0xffff;

const hexOf = (data: Uint8Array): string[] => [...data].map((byte) => byte.toString(16).padStart(2, '0'));

const info = verb('', async ({ bmc }) => fields(await bmc.getDeviceId()));

const reset = (kind: 'warm' | 'cold'): Verb =>
  verb('', async ({ bmc }) => {
    await bmc.resetBmc(kind);
    return { lines: [`Sent ${kind} reset command to MC`], value: { reset: kind } };
  });

async function dcmiLimit(bmc: Bmc): Promise<CliAnswer> {
  return fields(await bmc.dcmi.powerLimit());
}

/** The BMC itself, its power meter, and commands in bytes. */
export const BMC_VERBS: Verbs = {
  'mc info': info,
  'mc guid': verb('', async ({ bmc }) => {
    const guid = hexOf(await bmc.getSystemGuid()).join('');
    return { lines: [`System GUID  : ${guid}`], value: { guid } };
  }),
  'mc selftest': verb('', async ({ bmc }) => {
    const { result, detail } = await bmc.command(getSelfTestResults, {});
    const passed = result === SELF_TEST_PASSED;
    const said = passed ? 'passed' : `failed, ${result.toString(16)}h ${detail.toString(16)}h`;
    return { lines: [`Selftest: ${said}`], value: { passed, result, detail } };
  }),
  'mc watchdog get': verb('', async ({ bmc }) => fields(await bmc.command(getWatchdogTimer, {}))),
  'mc reset warm': reset('warm'),
  'mc reset cold': reset('cold'),
  'session info active': verb('', async ({ bmc }) =>
    fields(await bmc.command(getSessionInfo, { index: OWN_SESSION, key: new Uint8Array() })),
  ),
  'dcmi power reading': verb('', async ({ bmc }) => fields(await bmc.dcmi.powerReading())),
  'dcmi power get_limit': verb('', ({ bmc }) => dcmiLimit(bmc)),
  'dcmi power set_limit limit': verb('WATTS', async ({ bmc }, [watts]) => {
    await bmc.dcmi.setPowerLimit({ watts: numberOf(watts, 'set_limit', MOST_WATTS) });
    return dcmiLimit(bmc);
  }),
  'dcmi power deactivate': verb('', async ({ bmc }) => {
    await bmc.dcmi.clearPowerLimit();
    return { lines: ['Power limit successfully deactivated'], value: { active: false } };
  }),
  'sol deactivate': verb('', async ({ bmc }) => {
    await bmc.command(deactivatePayload, SOL);
    return { lines: ['The console is free'], value: { active: false } };
  }),
  raw: verb('NETFN CMD [BYTE]…', async ({ bmc }, words) => {
    const [netFn = 0, cmd = 0, ...data] = words.map((word) => numberOf(word, 'raw'));
    const { completionCode, data: answer } = await bmc.raw(netFn, cmd, Uint8Array.from(data));
    if (completionCode !== CC.ok) {
      const name = `raw ${hexOf(Uint8Array.of(netFn, cmd)).join(' ')}`;
      throw completionError(bmc.name, { name, spec: 'raw command', repeatable: true }, completionCode);
    }
    const hex = hexOf(answer);
    return { lines: [hex.join(' ')], value: { data: hex } };
  }),
};
