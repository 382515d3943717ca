import { Transport } from '../session/transport.ts';
import { Call } from '../session/call.ts';
import { Neighbourhoods, RoundTrip } from '../session/rtt.ts';
import { assess } from './assess.ts';
import type { Assessment, CredentialPair } from './assess.ts';
import { Bmc } from './bmc.ts';
import type { BmcOptions, CallOptions, IpmiClientOptions } from './options.ts';
import { resolveRemote } from './resolve.ts';

const DEFAULT_PORT = 623;
const ASSESS_DEADLINE_MS = 30_000;
const FIRST_TIMEOUT_MS = 300;
const LOGIN_DEADLINE_MS = 5_000;

/** Talks to any number of BMCs over a few shared UDP sockets. */
export class IpmiClient {
  readonly #transport: Transport;
  readonly #options: IpmiClientOptions;
  readonly #bmcs = new Set<Bmc>();
  readonly #neighbourhoods = new Neighbourhoods();
  #nextLane = 0;

  constructor(options: IpmiClientOptions = {}) {
    this.#options = options;
    this.#transport = new Transport({ lanes: options.sockets ?? 1, localAddress: options.localAddress });
  }

  /**
   * A handle to one BMC; nothing is sent before its first command.
   * @throws IpmiError `IpmiInvalidArgument` for credentials or suites that IPMI cannot express
   */
  bmc(options: BmcOptions): Bmc {
    const lane = this.#nextLane++ % this.#transport.lanes;
    const bmc = new Bmc(options, {
      transport: this.#transport,
      neighbourhoods: this.#neighbourhoods,
      lane,
      log: this.#options.log,
      onClose: (closed) => this.#bmcs.delete(closed),
    });
    this.#bmcs.add(bmc);
    return bmc;
  }

  /**
   * Names the weaknesses that a BMC shows before login. `credentials` are tried only when given; see
   * `DEFAULT_CREDENTIALS`.
   * @throws IpmiError `IpmiTimeout` or `IpmiUnreachable` while trying credentials
   */
  async assess(
    target: Pick<BmcOptions, 'host' | 'port'>,
    options: CallOptions & { credentials?: readonly CredentialPair[] } = {},
  ): Promise<Assessment> {
    const { host, port = DEFAULT_PORT } = target;
    const bmc = `${host}:${port}`;
    const call = new Call({
      bmc,
      command: 'Assessment',
      deadlineMs: options.deadlineMs ?? ASSESS_DEADLINE_MS,
      signal: options.signal,
    });
    const remote = await resolveRemote(host, port, 0);
    const socket = await this.#transport.ready(remote);
    const roundTrip = new RoundTrip({ firstMs: FIRST_TIMEOUT_MS, chance: Math.random });
    return assess({
      bmc,
      call,
      path: { transport: this.#transport, socket, remote, roundTrip },
      credentials: options.credentials ?? [],
      login: async (pair) => {
        const handle = this.bmc({ ...target, ...pair, privilege: 'user', deadlineMs: LOGIN_DEADLINE_MS });
        await handle.getChassisStatus().finally(() => handle.close());
      },
    });
  }

  /** Closes all sessions on their BMCs, then the sockets. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#bmcs].map((bmc) => bmc.close()));
    await this.#transport.close();
  }
}
