import { Call } from '../session/call.ts';
import type { RoundTrip } from '../session/rtt.ts';
import { activateSol, deactivateSol } from '../sol/sol-activation.ts';
import type { SolTerms } from '../sol/sol-activation.ts';
import { SolStream } from '../sol/sol-stream.ts';
import type { SolConnection } from '../sol/sol-stream.ts';
import type { SolOptions } from './options.ts';
import type { SessionKeeper } from './session-keeper.ts';

/** What serial over LAN needs of a BMC handle. */
export interface SolHost {
  readonly bmc: string;
  readonly port: number;
  readonly privilege: number;
  readonly deadlineMs: number;
  readonly roundTrip: RoundTrip;
  /** A keeper for a session of the console's own. */
  readonly makeKeeper: (port: number, onLost: () => void) => SessionKeeper;
}

const HEADER = 4;
/** A console is typed at: a dead one is to be noticed within seconds. */
const LONGEST_RETRY_MS = 1_000;
const CLOSE_DEADLINE_MS = 2_000;

/**
 * Opens serial over LAN in a session of its own, so that a stuck console cannot hold up commands.
 * @throws IpmiError `IpmiSol` when refused, and everything that opening a session can throw
 */
export async function openSol(host: SolHost, options: SolOptions = {}): Promise<SolStream> {
  const call = new Call({
    bmc: host.bmc,
    command: 'Serial over LAN',
    deadlineMs: options.deadlineMs ?? host.deadlineMs,
    signal: options.signal,
  });
  let first: Call | undefined = call;
  const stream = new SolStream({
    bmc: host.bmc,
    reattach: options.reattach ?? true,
    takeOver: options.takeOver ?? true,
    attach: async (takeOver, onLost) => {
      const mine = first ?? new Call({ bmc: host.bmc, command: 'Serial over LAN', deadlineMs: host.deadlineMs });
      first = undefined;
      return attach(host, mine, { ...options, takeOver, onLost });
    },
  });
  try {
    await stream.attach();
    return stream;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

interface Attachment extends SolOptions {
  readonly takeOver: boolean;
  readonly onLost: () => void;
}

/** Activates; when the BMC names another port, once more over there. */
async function attach(host: SolHost, call: Call, options: Attachment): Promise<SolConnection> {
  const port = options.port ?? host.port;
  const here = await activate(host, call, options, port);
  const elsewhere = options.port ?? meantPort(here.terms.port, host.port);
  if (elsewhere === port) return connection(host, here, options);
  await farewell(host, here.keeper, options);
  return connection(host, await activate(host, call, options, elsewhere), options);
}

/** The port to use: 0 means the same one, and some boards swap its bytes. */
function meantPort(named: number, own: number): number {
  const swapped = ((named & 0xff) << 8) | (named >> 8);
  return named === 0 || swapped === own ? own : named;
}

interface Activated {
  readonly keeper: SessionKeeper;
  readonly terms: SolTerms;
}

async function activate(host: SolHost, call: Call, options: Attachment, port: number): Promise<Activated> {
  const keeper = host.makeKeeper(port, options.onLost);
  try {
    const session = await keeper.get(call);
    await keeper.raise(call, session, host.privilege);
    const { takeOver } = options;
    return { keeper, terms: await activateSol(session, call, { instance: options.instance ?? 1, takeOver }) };
  } catch (error) {
    await keeper.close().catch(() => {});
    throw error;
  }
}

function connection(host: SolHost, { keeper, terms }: Activated, options: Attachment): SolConnection {
  return {
    maxData: (options.payloadSize ?? terms.payloadSize) - HEADER,
    send: (payload) => keeper.session?.sendSol(payload),
    receive: (onPayload) => {
      if (keeper.session !== undefined) keeper.session.onSol = onPayload;
    },
    retryMs: (attempt) => Math.min(LONGEST_RETRY_MS, host.roundTrip.waitMs(attempt)),
    close: () => farewell(host, keeper, options),
  };
}

/** Deactivates before closing: BMCs keep the console of a closed session busy. */
async function farewell(host: SolHost, keeper: SessionKeeper, options: SolOptions): Promise<void> {
  const session = keeper.session;
  if (session === undefined) return;
  const call = new Call({ bmc: host.bmc, command: 'Deactivate Payload', deadlineMs: CLOSE_DEADLINE_MS });
  try {
    await deactivateSol(session, call, options.instance ?? 1);
  } finally {
    await keeper.close();
  }
}
