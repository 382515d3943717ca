import { MalformedError } from '../codec/bytes.ts';
import { decode, encode } from '../codec/layout.ts';
import { IpmiError } from '../errors.ts';
import type { BootDevice, BootFlags } from '../commands/boot-flags.ts';
import { privilegeName, privilegeNumber } from '../commands/command.ts';
import type { Command, Privilege } from '../commands/command.ts';
import type { ChassisAction } from '../commands/chassis-control.ts';
import { chassisIdentify } from '../commands/chassis-identify.ts';
import { coldReset } from '../commands/cold-reset.ts';
import { getChassisStatus } from '../commands/get-chassis-status.ts';
import type { ChassisStatus } from '../commands/get-chassis-status.ts';
import { getDeviceId } from '../commands/get-device-id.ts';
import { getSystemGuid } from '../commands/get-system-guid.ts';
import { warmReset } from '../commands/warm-reset.ts';
import { Credentials } from '../session/credentials.ts';
import { RoundTrip } from '../session/rtt.ts';
import type { Neighbourhoods } from '../session/rtt.ts';
import type { Answer } from '../session/client-session.ts';
import type { Transport } from '../session/transport.ts';
import { DEFAULT_SUITES } from '../codec/cipher-suites.ts';
import { changeBootFlags, controlChassis, readBootOptions, setBootDevice } from './chassis.ts';
import type { BootOptions, SetBootDeviceOptions } from './chassis.ts';
import type { CommandRunner } from './command-runner.ts';
import { Dcmi } from './dcmi.ts';
import { Executor } from './executor.ts';
import { Frus } from './frus.ts';
import { Lan } from './lan.ts';
import { SelLog } from './sel.ts';
import { Sensors } from './sensors.ts';
import { Users } from './users.ts';
import type { BmcOptions, CallOptions, ClientEvent, IpmiClientOptions, SolOptions } from './options.ts';
import { Pacer } from './pacer.ts';
import { SessionKeeper } from './session-keeper.ts';
import { SessionOpener, suitesById } from './session-opener.ts';
import { openSol } from './sol.ts';
import type { SolHost } from './sol.ts';
import { Turn } from './turn.ts';
import type { SolStream } from '../sol/sol-stream.ts';

const DEFAULTS = {
  port: 623,
  keepAliveMs: 30_000,
  idleCloseMs: 600_000,
  firstTimeoutMs: 300,
  deadlineMs: 15_000,
} as const;

/** Options of {@link Bmc.raw}. */
export interface RawOptions extends CallOptions {
  readonly lun?: number;
  /** Whether it may be sent again when no answer comes; default true except Chassis Control and BMC resets. */
  readonly repeatable?: boolean;
  /** Privilege to raise the session to first; default the configured one. */
  readonly privilege?: Privilege;
}

/** Raw commands that are not sent twice: `netFn << 8 | cmd`. */
const ONCE: ReadonlySet<number> = new Set([0x0002, 0x0602, 0x0603]);

/** What the client hands to each BMC. */
export interface BmcContext {
  readonly transport: Transport;
  readonly neighbourhoods: Neighbourhoods;
  readonly lane: number;
  readonly log: IpmiClientOptions['log'];
  readonly onClose: (bmc: Bmc) => void;
}

/** One BMC: its session, kept while it is used, and the commands. */
export class Bmc implements CommandRunner {
  /** `host:port`. */
  readonly name: string;
  readonly deadlineMs: number;
  /** System event log. */
  readonly sel: SelLog = new SelLog(this);
  /** Sensor records, readings and thresholds. */
  readonly sensors: Sensors = new Sensors(this);
  /** FRU inventory. */
  readonly fru: Frus = new Frus(this);
  /** LAN channels. */
  readonly lan: Lan = new Lan(this);
  /** User accounts. */
  readonly users: Users = new Users(this);
  /** Data centre extension: power readings and limits. */
  readonly dcmi: Dcmi = new Dcmi(this);
  readonly #credentials: Credentials;
  readonly #keeper: SessionKeeper;
  readonly #executor: Executor;
  readonly #sol: SolHost;
  readonly #consoles = new Set<SolStream>();
  readonly #context: BmcContext;

  /** @throws IpmiError `IpmiInvalidArgument` for credentials or suites that IPMI cannot express. */
  constructor(options: BmcOptions, context: BmcContext) {
    const port = options.port ?? DEFAULTS.port;
    const name = options.host.includes(':') ? `[${options.host}]:${port}` : `${options.host}:${port}`;
    this.name = name;
    this.deadlineMs = options.deadlineMs ?? DEFAULTS.deadlineMs;
    this.#context = context;
    this.#credentials = new Credentials(options);
    const log = (event: ClientEvent['event'], detail: string): void => context.log?.({ event, bmc: name, detail });
    const turn = new Turn();
    const roundTrip = new RoundTrip({
      firstMs: options.firstTimeoutMs ?? DEFAULTS.firstTimeoutMs,
      chance: Math.random,
    });
    const opener = new SessionOpener({
      transport: context.transport,
      credentials: this.#credentials,
      suites: suitesById(options.cipherSuites ?? DEFAULT_SUITES),
      roundTrip,
      neighbourhoods: context.neighbourhoods,
      ignoreChecksum: options.ignoreChecksum ?? false,
      bmc: name,
      log,
    });
    const keeperOptions = {
      transport: context.transport,
      opener,
      turn,
      host: options.host,
      port,
      lane: context.lane,
      bmc: name,
      privilege: this.#credentials.privilege,
      keepAliveMs: options.keepAliveMs ?? DEFAULTS.keepAliveMs,
      idleCloseMs: options.idleCloseMs ?? DEFAULTS.idleCloseMs,
      log,
    };
    this.#keeper = new SessionKeeper(keeperOptions);
    this.#sol = {
      bmc: name,
      port,
      privilege: this.#credentials.privilege,
      deadlineMs: this.deadlineMs,
      roundTrip,
      makeKeeper: (solPort, onLost) => new SessionKeeper({ ...keeperOptions, port: solPort, idleCloseMs: 0, onLost }),
    };
    this.#executor = new Executor({
      bmc: name,
      keeper: this.#keeper,
      turn,
      pacer: new Pacer(options.minGapMs ?? 0),
      deadlineMs: this.deadlineMs,
      bridge: options.bridge,
      log,
    });
  }

  /** Facts of the open session; undefined when none is open. */
  get session(): { cipherSuite: number; privilege: Privilege | undefined } | undefined {
    const session = this.#keeper.session;
    if (session === undefined) return undefined;
    return { cipherSuite: session.suite.id, privilege: privilegeName(session.privilege) };
  }

  /** Whether serial consoles are open: they end with the handle. */
  get hasConsoles(): boolean {
    return this.#consoles.size > 0;
  }

  /** Power, faults, last power event, identify light, front panel (IPMI v2.0 §28.2). */
  getChassisStatus(options: CallOptions = {}): Promise<ChassisStatus> {
    return this.command(getChassisStatus, {}, options);
  }

  /**
   * Chassis Control (IPMI v2.0 §28.3). Never sent twice blindly: when no answer comes, on and off are
   * verified by reading the status and sent again only when they did not take; the others reject with
   * `IpmiOutcomeUnknown`. Resolves when the BMC took the command; the power state may follow seconds later.
   */
  chassisControl(action: ChassisAction, options: CallOptions = {}): Promise<void> {
    return controlChassis(this, action, options);
  }

  /** Identify light for `seconds` (0 = off), or until switched off with `forever` (IPMI v2.0 §28.5). */
  async identify(seconds: number | 'forever', options: CallOptions = {}): Promise<void> {
    const request = seconds === 'forever' ? { seconds: 0, forceOn: true } : { seconds };
    await this.command(chassisIdentify, request, options);
  }

  /** The boot flags that the BMC holds (boot option parameter 5). */
  getBootOptions(options: CallOptions = {}): Promise<BootOptions> {
    return readBootOptions(this, options);
  }

  /** Sets the device of the next boot, or of every boot, in the way that Ironic and ipmitool do. */
  setBootDevice(device: BootDevice, options: SetBootDeviceOptions = {}): Promise<void> {
    return setBootDevice(this, device, options);
  }

  /** Changes the named boot flags and keeps the others. */
  setBootFlags(change: Partial<BootFlags>, options: CallOptions = {}): Promise<void> {
    return changeBootFlags(this, change, options);
  }

  /** 16 bytes as the BMC sends them; their order differs by vendor. */
  async getSystemGuid(options: CallOptions = {}): Promise<Uint8Array> {
    return (await this.command(getSystemGuid, {}, options)).guid;
  }

  /** Identity and abilities of the BMC (IPMI v2.0 §20.1). */
  getDeviceId(options: CallOptions = {}): Promise<ReturnType<typeof getDeviceId.response.read>> {
    return this.command(getDeviceId, {}, options);
  }

  /** Resets the BMC itself; the session is gone afterwards. Silence counts as done, as many never answer. */
  async resetBmc(kind: 'warm' | 'cold', options: CallOptions = {}): Promise<void> {
    try {
      await this.command(kind === 'cold' ? coldReset : warmReset, {}, options);
    } catch (error) {
      if (!(error instanceof IpmiError) || error.code !== 'IpmiOutcomeUnknown') throw error;
    }
    this.#keeper.lose('the BMC was reset');
  }

  /** Any command in bytes; resolves for every completion code. */
  async raw(
    netFn: number,
    cmd: number,
    data: Uint8Array = new Uint8Array(),
    options: RawOptions = {},
  ): Promise<Answer> {
    return this.#executor.answer(
      {
        name: `raw ${hex(netFn)} ${hex(cmd)}`,
        spec: 'raw command',
        netFn,
        cmd,
        data,
        lun: options.lun ?? 0,
        privilege: options.privilege === undefined ? this.#credentials.privilege : privilegeNumber(options.privilege),
        repeatable: options.repeatable ?? !ONCE.has((netFn << 8) | cmd),
      },
      options,
    );
  }

  /** Opens serial over LAN as a stream, in a session of its own; destroy the stream to give it back. */
  async openSol(options: SolOptions = {}): Promise<SolStream> {
    this.#executor.call('Serial over LAN', options);
    const stream = await openSol(this.#sol, options);
    this.#consoles.add(stream);
    stream.once('close', () => this.#consoles.delete(stream));
    return stream;
  }

  async command<Q, S>(command: Command<Q, S>, request: Q, options: CallOptions = {}): Promise<S> {
    const data = await this.#executor.run(
      {
        name: command.name,
        spec: command.spec,
        codes: command.codes,
        netFn: command.netFn,
        cmd: command.cmd,
        repeatable: command.repeatable,
        privilege: privilegeNumber(command.privilege),
        data: encode(command.request, request),
      },
      options,
    );
    return this.#decode(command, data);
  }

  /** Closes the session on the BMC and forgets the password; the handle is useless afterwards. */
  async close(): Promise<void> {
    this.#executor.close();
    this.#context.onClose(this);
    await Promise.all([...this.#consoles].map(endConsole));
    try {
      await this.#keeper.close();
    } finally {
      this.#credentials.destroy();
    }
  }

  /** Closes the session on the BMC; the next command opens another. */
  async closeSession(): Promise<void> {
    await this.#keeper.close();
  }

  #decode<S>(command: Command<never, S> | Command<unknown, S>, data: Uint8Array): S {
    try {
      return decode(command.response, data);
    } catch (cause) {
      if (!(cause instanceof MalformedError)) throw cause;
      const details = { bmc: this.name, command: command.name, cause };
      const what = `${command.name} on ${this.name}`;
      // Some Supermicro boards claim DCMI power management and answer its readings with 00h and no data.
      if (data.length === 0)
        throw new IpmiError('IpmiUnsupported', `${what}: done, says the BMC, but gives nothing`, details);
      const got = Buffer.from(data).toString('hex');
      throw new IpmiError('IpmiMalformedReply', `${what}: ${cause.message} (got ${got})`, details);
    }
  }
}

/** Destroys a console and waits until the BMC was told. */
function endConsole(stream: SolStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.destroy();
  });
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
