import { CC } from '../codec/completion-codes.ts';
import { decode, encode } from '../codec/layout.ts';
import { IpmiError } from '../errors.ts';
import { activatePayload } from '../commands/activate-payload.ts';
import type { Command } from '../commands/command.ts';
import { deactivatePayload } from '../commands/deactivate-payload.ts';
import { getPayloadActivationStatus } from '../commands/get-payload-activation-status.ts';
import type { Call } from '../session/call.ts';
import type { Answer, ClientSession } from '../session/client-session.ts';

/** What Activate Payload agreed. */
export interface SolTerms {
  /** Most bytes of a payload to the BMC, SOL header included. */
  readonly payloadSize: number;
  readonly port: number;
}

/** How to activate. */
export interface ActivationOptions {
  readonly instance: number;
  /** Deactivate whoever holds the console. */
  readonly takeOver: boolean;
}

const SOL = 1;
const TRIES = 5;
const ROUNDS = 4;
const PAUSE_MS = 250;
const ALREADY_ACTIVE = 0x80;
const NO_ENCRYPTION = 0x83;
const NEEDS_ENCRYPTION = 0x84;
const SMALLEST_PAYLOAD = 5;
const LARGEST_PAYLOAD = 259;

async function ask<Q, S>(session: ClientSession, call: Call, command: Command<Q, S>, request: Q): Promise<Answer> {
  const answer = await session.ask(call, {
    netFn: command.netFn,
    cmd: command.cmd,
    data: encode(command.request, request),
    tries: TRIES,
  });
  if (answer === undefined) throw call.timeout(`waiting for ${command.name}`);
  return answer;
}

/**
 * Activates serial over LAN in a session (IPMI v2.0 §24.1). Activate Payload is sent again when no
 * answer comes: the second time it says 80h, which the take-over resolves.
 * @throws IpmiError `IpmiSol` when the BMC refuses or somebody else holds it and `takeOver` is false
 */
export async function activateSol(session: ClientSession, call: Call, options: ActivationOptions): Promise<SolTerms> {
  const { instance, takeOver } = options;
  if (takeOver && (await isActive(session, call, instance))) await deactivateSol(session, call, instance);
  let encrypt = session.suite.confidentiality !== 0;
  let code: number = CC.ok;
  for (let round = 0; round < ROUNDS; round++) {
    const answer = await ask(session, call, activatePayload, {
      payloadType: SOL,
      instance,
      encrypt,
      authenticate: session.suite.integrity !== 0,
      alertHandling: 0,
      ctsDcdDsrHigh: false,
    });
    code = answer.completionCode;
    if (code === CC.ok) return terms(answer.data);
    if (code === NO_ENCRYPTION || code === NEEDS_ENCRYPTION) encrypt = code === NEEDS_ENCRYPTION;
    else if (code === ALREADY_ACTIVE && takeOver) await deactivateSol(session, call, instance);
    else if (code !== CC.busy) break;
    await call.sleep(PAUSE_MS * round);
  }
  throw refusal(call, code);
}

/** Deactivates an instance whoever holds it; that nobody does is fine. */
export async function deactivateSol(session: ClientSession, call: Call, instance: number): Promise<void> {
  await ask(session, call, deactivatePayload, { payloadType: SOL, instance });
}

/** BMCs without Get Payload Activation Status count as not active. */
async function isActive(session: ClientSession, call: Call, instance: number): Promise<boolean> {
  const answer = await ask(session, call, getPayloadActivationStatus, { payloadType: SOL });
  if (answer.completionCode !== CC.ok) return false;
  const { active } = decode(getPayloadActivationStatus.response, answer.data);
  return ((active >> (instance - 1)) & 1) === 1;
}

function terms(data: Uint8Array): SolTerms {
  const { inboundSize, port } = decode(activatePayload.response, data);
  return { payloadSize: clampPayloadSize(inboundSize), port };
}

/** Boards report 1024, 0 or byte-swapped sizes; what is sent stays within 5–259 bytes. */
export function clampPayloadSize(size: number): number {
  const swapped = ((size & 0xff) << 8) | (size >> 8);
  const plausible = size > LARGEST_PAYLOAD && swapped >= SMALLEST_PAYLOAD && swapped <= LARGEST_PAYLOAD;
  const meant = plausible ? swapped : size;
  return meant < SMALLEST_PAYLOAD ? LARGEST_PAYLOAD : Math.min(LARGEST_PAYLOAD, meant);
}

function refusal(call: Call, code: number): IpmiError {
  const name = activatePayload.codes?.[code] ?? 'refused';
  const hex = `${code.toString(16).toUpperCase()}h`;
  return new IpmiError(
    'IpmiSol',
    `Activate Payload on ${call.bmc} refused: completion code ${hex}, ${name} (IPMI v2.0 §24.1); ` +
      (code === ALREADY_ACTIVE
        ? 'another console holds it, use takeOver to end that'
        : 'check that serial over LAN is enabled for the channel and the user'),
    { bmc: call.bmc, command: activatePayload.name, completionCode: code, retryable: code === ALREADY_ACTIVE },
  );
}
