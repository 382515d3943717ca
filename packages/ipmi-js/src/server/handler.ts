import type { CipherSuite } from '../codec/cipher-suites.ts';
import { decode, encode } from '../codec/layout.ts';
import { privilegeNumber } from '../commands/command.ts';
import type { Command } from '../commands/command.ts';
import type { BootFlagStore } from './boot-flag-store.ts';
import type { BootOptionStore } from './boot-options.ts';
import type { ChannelAccess } from './channel-access.ts';
import type { ChannelKeys } from './channel-keys.ts';
import type { Chassis } from './chassis.ts';
import type { DcmiTexts } from './dcmi-texts.ts';
import type { Faults, VirtualBmcOptions } from './options.ts';
import type { ParameterStore } from './parameter-store.ts';
import type { Pef } from './pef.ts';
import type { PowerLimit } from './power-limit.ts';
import type { PowerMeter } from './power-meter.ts';
import type { ReceiveQueue } from './receive-queue.ts';
import type { Registers } from './registers.ts';
import type { SdrStore } from './sdr-store.ts';
import type { SelStore } from './sel-store.ts';
import type { ServerSession } from './server-session.ts';
import type { SessionTable } from './session-table.ts';
import type { SolPort } from './sol-port.ts';
import type { SolSettings } from './sol-settings.ts';
import type { SystemInfoStore } from './system-info-store.ts';
import type { UserTable } from './users.ts';
import type { Watchdog } from './watchdog.ts';

/** The parts of a virtual BMC that commands work on. */
export interface BmcParts {
  readonly options: VirtualBmcOptions;
  readonly guid: Uint8Array;
  readonly suites: readonly CipherSuite[];
  readonly bootFlags: BootFlagStore;
  readonly bootOptions: BootOptionStore;
  readonly chassis: Chassis;
  readonly users: UserTable;
  readonly sessions: SessionTable;
  readonly sol: SolPort;
  readonly solSettings: SolSettings;
  readonly sdrs: SdrStore;
  readonly sel: SelStore;
  /** FRU images by id. */
  readonly frus: ReadonlyMap<number, Buffer>;
  readonly lan: ParameterStore;
  readonly channelAccess: ChannelAccess;
  readonly channelKeys: ChannelKeys;
  readonly powerLimit: PowerLimit;
  /** Absent for a BMC that is not told its watts. */
  readonly powerMeter: PowerMeter | undefined;
  readonly dcmiTexts: DcmiTexts;
  readonly pef: Pef;
  readonly registers: Registers;
  readonly received: ReceiveQueue;
  readonly watchdog: Watchdog;
  readonly systemInfo: SystemInfoStore;
  readonly faults: Faults;
  /** UDP port that the BMC listens on. */
  readonly port: () => number;
  /** Ends all sessions, after the answer to the present command went out. */
  readonly reset: (kind: 'warm' | 'cold') => void;
}

/** A command being served: the BMC, and the session that it came in. */
export interface Context {
  readonly bmc: BmcParts;
  /** Absent for commands outside sessions. */
  readonly session: ServerSession | undefined;
}

/** A command that the virtual BMC knows. */
export interface Handler {
  readonly netFn: number;
  readonly cmd: number;
  readonly privilege: number;
  readonly repeatable: boolean;
  /** Allowed outside sessions. */
  readonly open: boolean;
  /** Data after the completion code. @throws CompletionError, MalformedError */
  run(context: Context, data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Serves a typed command. */
export function handle<Q, S>(
  command: Command<Q, S>,
  serve: (request: Q, context: Context) => S | Promise<S>,
  options: { open?: boolean } = {},
): Handler {
  return {
    netFn: command.netFn,
    cmd: command.cmd,
    privilege: privilegeNumber(command.privilege),
    repeatable: command.repeatable,
    open: options.open ?? false,
    run: (context, data) => {
      const answer = serve(decode(command.request, data), context);
      return answer instanceof Promise
        ? answer.then((value) => encode(command.response, value))
        : encode(command.response, answer);
    },
  };
}
