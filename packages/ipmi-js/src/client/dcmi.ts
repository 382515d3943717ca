import { activateDcmiPowerLimit } from '../commands/activate-dcmi-power-limit.ts';
import { getDcmiAssetTag } from '../commands/get-dcmi-asset-tag.ts';
import { getDcmiCapabilities } from '../commands/get-dcmi-capabilities.ts';
import { getDcmiPowerLimit } from '../commands/get-dcmi-power-limit.ts';
import { getDcmiPowerReading } from '../commands/get-dcmi-power-reading.ts';
import { setDcmiPowerLimit } from '../commands/set-dcmi-power-limit.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CallOptions } from './options.ts';

const SYSTEM_POWER = 1;
const TAG_CHUNK = 16;

/** DCMI, the data centre extension (DCMI v1.5). */
export class Dcmi {
  readonly #runner: CommandRunner;

  constructor(runner: CommandRunner) {
    this.#runner = runner;
  }

  /** One capability parameter, 1–5, in bytes (DCMI v1.5 §6.1.1). */
  capabilities(parameter = 1, options?: CallOptions): Promise<ReturnType<typeof getDcmiCapabilities.response.read>> {
    return this.#runner.command(getDcmiCapabilities, { parameter }, options);
  }

  /** Watts now, and lowest, highest and average over the period. */
  powerReading(options?: CallOptions): Promise<ReturnType<typeof getDcmiPowerReading.response.read>> {
    return this.#runner.command(getDcmiPowerReading, { mode: SYSTEM_POWER, modeAttribute: 0 }, options);
  }

  powerLimit(options?: CallOptions): Promise<ReturnType<typeof getDcmiPowerLimit.response.read>> {
    return this.#runner.command(getDcmiPowerLimit, {}, options);
  }

  /** Sets and switches on a power limit; `action` 0 does nothing, 1 powers off, 11h logs when it is exceeded. */
  async setPowerLimit(
    limit: { watts: number; action?: number; correctionMs?: number; samplingSeconds?: number },
    options?: CallOptions,
  ): Promise<void> {
    const { watts, action = 0, correctionMs = 1_000, samplingSeconds = 1 } = limit;
    await this.#runner.command(setDcmiPowerLimit, { action, watts, correctionMs, samplingSeconds }, options);
    await this.#runner.command(activateDcmiPowerLimit, { active: 1 }, options);
  }

  async clearPowerLimit(options?: CallOptions): Promise<void> {
    await this.#runner.command(activateDcmiPowerLimit, { active: 0 }, options);
  }

  async assetTag(options?: CallOptions): Promise<string> {
    const pieces: Uint8Array[] = [];
    let total = TAG_CHUNK;
    for (let offset = 0; offset < total;) {
      const count = Math.min(TAG_CHUNK, total - offset);
      const answer = await this.#runner.command(getDcmiAssetTag, { offset, count }, options);
      total = answer.total;
      if (answer.data.length === 0) break;
      pieces.push(answer.data);
      offset += answer.data.length;
    }
    return Buffer.concat(pieces).subarray(0, total).toString('utf8').replace(/\0+$/, '');
  }
}
