import { Transport } from '../session/transport.ts';
import { Bmc } from './bmc.ts';
import type { BmcOptions, IpmiClientOptions } from './options.ts';

/** Talks to any number of BMCs over a few shared UDP sockets. */
export class IpmiClient {
  readonly #transport: Transport;
  readonly #options: IpmiClientOptions;
  readonly #bmcs = new Set<Bmc>();
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
      lane,
      log: this.#options.log,
      onClose: (closed) => this.#bmcs.delete(closed),
    });
    this.#bmcs.add(bmc);
    return bmc;
  }

  /** Closes all sessions on their BMCs, then the sockets. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#bmcs].map((bmc) => bmc.close()));
    await this.#transport.close();
  }
}
