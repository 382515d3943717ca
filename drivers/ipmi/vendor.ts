import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/node.ts';
import { STEP_KINDS, stepKey, type Step, type StepKind } from '../../domain/steps.ts';
import type { CallContext, DriverSteps, VendorInterface } from '../interfaces.ts';
import { nameOf } from '../node-name.ts';
import { createVendor } from '../vendor-methods.ts';
import type { Bmcs } from './bmcs.ts';
import { flag } from './driver-info.ts';
import { parseRawBytes } from './raw-bytes.ts';

/** Raw bytes and BMC resets: Ironic's vendor methods of IPMI machines (ironic/drivers/modules/ipmitool.py). */
export function createIpmiVendor(bmcs: Bmcs): VendorInterface {
  const common = { httpMethods: ['POST'], isAsync: true, needsLock: true };
  const ipmi = {
    send_raw: {
      ...common,
      description:
        "Send raw bytes to the BMC. Required argument: 'raw_bytes' - a string of raw bytes (e.g. '0x00 0x01').",
      required: { raw_bytes: 'Parameter raw_bytes (string of bytes) was not specified.' },
      run: (context: CallContext, args: JsonObject) => sendRaw(bmcs, context, args),
    },
    bmc_reset: {
      ...common,
      description: "Reset the BMC. Required argument: 'warm' (Boolean) - for warm (True) or cold (False) reset.",
      required: {},
      run: (context: CallContext, args: JsonObject) => resetBmc(bmcs, context, args),
    },
  };
  // Clients of Ironic ask for `ipmitool`.
  return createVendor({ ipmi, ipmitool: ipmi });
}

const SEND_RAW: Step = {
  interface: 'vendor',
  step: 'send_raw',
  priority: 0,
  abortable: false,
  requiresRamdisk: false,
  repeatable: false,
  argsInfo: {
    raw_bytes: {
      description: 'A string of raw bytes to convey the request to transmit to the remote BMC.',
      required: true,
    },
  },
};

const OFFERED: DriverSteps['offered'] = Object.fromEntries(
  STEP_KINDS.map((kind) => [kind, kind === 'verify' ? [] : [SEND_RAW]]),
) as Record<StepKind, Step[]>;

/** The steps of the BMC itself; all others of an IPMI machine are the agent's. */
export function createIpmiSteps(bmcs: Bmcs): DriverSteps {
  return {
    offered: OFFERED,
    async run(context, step) {
      if (stepKey(step) === stepKey(SEND_RAW)) return await sendRaw(bmcs, context, step.args ?? {});
      throw new BareMetalError(
        'StepNotFound',
        `Node ${nameOf(context.node)}: the BMC itself has no step ${stepKey(step)}.`,
      );
    },
  };
}

/** What came back, in hex: `{ data }`. Sent once: nobody knows what a second time would do. */
function sendRaw(bmcs: Bmcs, context: CallContext, args: JsonObject): Promise<JsonObject> {
  const { netFn, cmd, data } = parseRawBytes(args['raw_bytes']);
  return bmcs.call(context, 'sending raw bytes', async (bmc, _settings, options) => {
    const answer = await bmc.raw(netFn, cmd, data, { ...options, repeatable: false });
    if (answer.completionCode === 0) return { data: Buffer.from(answer.data).toString('hex') };
    const code = answer.completionCode.toString(16).toUpperCase().padStart(2, '0');
    throw new BareMetalError(
      'BmcRefused',
      `Node ${nameOf(context.node)}: the BMC refused the raw command: completion code ${code}h.`,
    );
  });
}

/** A BMC that was told to reset takes some time to answer again. */
function resetBmc(bmcs: Bmcs, context: CallContext, args: JsonObject): Promise<null> {
  const { warm } = resetArguments(args);
  const kind = warm ? 'warm' : 'cold';
  return bmcs.call(context, `a ${kind} reset of the BMC`, async (bmc, _settings, options) => {
    await bmc.resetBmc(kind, options);
    return null;
  });
}

const ResetArguments = z.object({ warm: flag.default(true) });

function resetArguments(args: JsonObject): z.infer<typeof ResetArguments> {
  const parsed = ResetArguments.safeParse(args);
  if (parsed.success) return parsed.data;
  throw new BareMetalError('InvalidParameterValue', 'bmc_reset: warm is true for a warm reset, false for a cold one.');
}
