import { ParameterStore } from './parameter-store.ts';

const LAN_CHANNEL = 1;
const USER = 2;
const PRIVILEGE = 0x0f;
/** Force encryption and authentication. */
const PROTECTED = 0b1100_0000;
/** 115,200 bits a second (IPMI v2.0 table 26-5). */
const BIT_RATE = 0x0a;

/** Numbers of SOL configuration parameters (IPMI v2.0 table 26-5). */
const PARAMETER = {
  setInProgress: 0,
  enable: 1,
  authentication: 2,
  accumulate: 3,
  retry: 4,
  bitRate: 5,
  volatileBitRate: 6,
  channel: 7,
  port: 8,
} as const;

/** SOL configuration parameters of a virtual BMC; the switch and the privilege act. */
export class SolSettings {
  readonly #parameters: ParameterStore;
  readonly #port: () => number;

  constructor(port: () => number) {
    this.#port = port;
    this.#parameters = new ParameterStore(
      [
        [PARAMETER.setInProgress, Uint8Array.of(0)],
        [PARAMETER.enable, Uint8Array.of(1)],
        [PARAMETER.authentication, Uint8Array.of(PROTECTED | USER)],
        // 12 × 5 ms or 96 characters; 7 tries, 50 × 10 ms apart.
        [PARAMETER.accumulate, Uint8Array.of(12, 96)],
        [PARAMETER.retry, Uint8Array.of(7, 50)],
        [PARAMETER.bitRate, Uint8Array.of(BIT_RATE)],
        [PARAMETER.volatileBitRate, Uint8Array.of(BIT_RATE)],
        [PARAMETER.channel, Uint8Array.of(LAN_CHANNEL)],
        [PARAMETER.port, new Uint8Array(2)],
      ],
      [PARAMETER.channel, PARAMETER.port],
    );
  }

  get enabled(): boolean {
    return ((this.get(PARAMETER.enable)[0] ?? 0) & 1) === 1;
  }

  /** Least privilege of a session that activates serial over LAN. */
  get privilege(): number {
    return (this.get(PARAMETER.authentication)[0] ?? 0) & PRIVILEGE;
  }

  /** @throws CompletionError 80h for a parameter that there is not. */
  get(parameter: number): Uint8Array {
    if (parameter !== PARAMETER.port) return this.#parameters.get(parameter);
    const port = this.#port();
    return Uint8Array.of(port & 0xff, port >> 8);
  }

  /** @throws CompletionError 80h for a parameter that there is not, 82h for one that nobody may write. */
  set(parameter: number, data: Uint8Array): void {
    this.#parameters.set(parameter, data);
  }
}
