import { MalformedError } from '../codec/bytes.ts';
import { CC } from '../codec/completion-codes.ts';
import { decodeRequest, encodeResponse } from '../codec/message.ts';
import type { RequestMessage } from '../codec/message.ts';
import { CompletionError, completionOf } from './completion-error.ts';
import type { BmcParts, Handler } from './handler.ts';
import { APP_HANDLERS } from './handlers-app.ts';
import { CHANNEL_HANDLERS } from './handlers-channel.ts';
import { CHASSIS_HANDLERS } from './handlers-chassis.ts';
import { DCMI_HANDLERS } from './handlers-dcmi.ts';
import { PEF_HANDLERS } from './handlers-pef.ts';
import { SENSOR_HANDLERS } from './handlers-sensor.ts';
import { STORAGE_HANDLERS } from './handlers-storage.ts';
import { SYSTEM_HANDLERS } from './handlers-system.ts';
import { USER_HANDLERS } from './handlers-users.ts';
import type { ServerSession } from './server-session.ts';

const NO_DATA = new Uint8Array();
const key = (netFn: number, cmd: number): number => (netFn << 8) | cmd;

const HANDLERS: ReadonlyMap<number, Handler> = new Map(
  [
    ...APP_HANDLERS,
    ...CHANNEL_HANDLERS,
    ...CHASSIS_HANDLERS,
    ...STORAGE_HANDLERS,
    ...SENSOR_HANDLERS,
    ...PEF_HANDLERS,
    ...DCMI_HANDLERS,
    ...SYSTEM_HANDLERS,
    ...USER_HANDLERS,
  ].map((handler) => [key(handler.netFn, handler.cmd), handler]),
);

/** A finished command. */
interface Outcome {
  readonly completionCode: number;
  readonly data: Uint8Array;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const failed = (completionCode: number): Outcome => ({ completionCode, data: NO_DATA });

/** Runs IPMI messages against the command table. */
export class Dispatcher {
  readonly #bmc: BmcParts;
  readonly #chance: () => number;

  constructor(bmc: BmcParts, chance: () => number) {
    this.#bmc = bmc;
    this.#chance = chance;
  }

  /**
   * Takes an IPMI message and hands the response to `reply`, at once or later. A repeated request
   * for a command that must not run twice gets the answer of the first.
   * @throws MalformedError when the message itself cannot be read
   */
  take(message: Uint8Array, session: ServerSession | undefined, reply: (response: Buffer) => void): void {
    const request = decodeRequest(message);
    const handler = HANDLERS.get(key(request.netFn, request.cmd));
    const once = session !== undefined && handler?.repeatable === false;
    const identity = once
      ? `${request.rqSeq}/${request.netFn}/${request.cmd}/${Buffer.from(request.data).toString('hex')}`
      : '';
    if (once && session.last?.key === identity) {
      if (session.last.answer !== undefined) reply(session.last.answer);
      return;
    }
    if (once) session.last = { key: identity, answer: undefined };
    const finish = (outcome: Outcome): void => {
      const response = encodeResponse({ ...request, ...outcome });
      if (once && session.last?.key === identity) session.last.answer = response;
      reply(response);
    };
    const outcome = this.#run(request, handler, session);
    if (outcome instanceof Promise) void outcome.then(finish);
    else finish(outcome);
  }

  #run(
    request: RequestMessage,
    handler: Handler | undefined,
    session: ServerSession | undefined,
  ): Outcome | Promise<Outcome> {
    const refusal = this.#refusal(request, handler, session);
    if (refusal !== undefined || handler === undefined) return failed(refusal ?? CC.invalidCommand);
    try {
      const data = handler.run({ bmc: this.#bmc, session }, request.data);
      if (!(data instanceof Promise)) return { completionCode: CC.ok, data };
      return data.then((late) => ({ completionCode: CC.ok, data: late }), failure);
    } catch (error) {
      return failure(error);
    }
  }

  /** The completion code with which a command is turned away before it runs. */
  #refusal(
    request: RequestMessage,
    handler: Handler | undefined,
    session: ServerSession | undefined,
  ): number | undefined {
    const { faults } = this.#bmc;
    const code = faults.codes[`${hex(request.netFn)}/${hex(request.cmd)}`] ?? faults.codes['*'];
    if (session !== undefined && code !== undefined) return code;
    if (session !== undefined && faults.busy > 0 && this.#chance() < faults.busy) return CC.busy;
    if (handler === undefined) return CC.invalidCommand;
    if (session === undefined) return handler.open ? undefined : CC.privilege;
    return session.privilege < handler.privilege ? CC.privilege : undefined;
  }
}

function failure(error: unknown): Outcome {
  if (error instanceof MalformedError) return failed(CC.length);
  if (error instanceof CompletionError) return { completionCode: error.completionCode, data: error.data };
  return failed(completionOf(error, CC.notInThisState));
}
