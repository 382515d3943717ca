import { IpmiError } from 'ipmi-js';
import type { Bmc, CallOptions, IpmiClient } from 'ipmi-js';
import type { CallContext } from '../interfaces.ts';
import { nameOf } from '../node-name.ts';
import { ipmiSettingsOf } from './driver-info.ts';
import type { IpmiSettings } from './driver-info.ts';
import { translateIpmiError } from './errors.ts';

/** A call on the BMC of a node. */
export type BmcCall<T> = (bmc: Bmc, settings: IpmiSettings, options: CallOptions) => Promise<T>;

/** The BMCs of one worker, each with a session that is kept between calls. */
export interface Bmcs {
  /**
   * Does `call` on the node's BMC; `doing` says what, for the error's sentence.
   * @throws BareMetalError see `IPMI_TRANSLATIONS`; the reason of the context's signal when it fires
   */
  call<T>(context: CallContext, doing: string, call: BmcCall<T>): Promise<T>;
}

interface Kept {
  /** The settings that the handle was made with. */
  readonly key: string;
  readonly bmc: Bmc;
  usedAt: number;
}

const UNUSED_MS = 3_600_000;

/** Lets go of nodes that were deleted or moved to another worker; who reads a console needs no other call. */
function forgetUnused(kept: Map<string, Kept>, now: number): void {
  for (const [nodeUuid, { bmc, usedAt }] of kept) {
    if (now - usedAt < UNUSED_MS || bmc.hasConsoles) continue;
    kept.delete(nodeUuid);
    void bmc.close().catch(() => {});
  }
}

/** Keeps one handle for each node; one whose driver_info was changed is replaced. */
export function createBmcs(client: IpmiClient, deadlineMs: number, now: () => number = () => performance.now()): Bmcs {
  const kept = new Map<string, Kept>();
  const handleOf = (nodeUuid: string, settings: IpmiSettings): Bmc => {
    const key = JSON.stringify({
      ...settings.bmc,
      kg: settings.bmc.kg && Buffer.from(settings.bmc.kg).toString('hex'),
    });
    const found = kept.get(nodeUuid);
    if (found?.key === key) {
      found.usedAt = now();
      return found.bmc;
    }
    const bmc = client.bmc(settings.bmc);
    kept.set(nodeUuid, { key, bmc, usedAt: now() });
    forgetUnused(kept, now());
    // The old session ends by itself when the old BMC no longer hears us.
    void found?.bmc.close().catch(() => {});
    return bmc;
  };
  return {
    async call(context, doing, call) {
      const { node, signal } = context;
      signal.throwIfAborted();
      const settings = ipmiSettingsOf(node);
      const address = `${settings.bmc.host}:${settings.bmc.port ?? 623}`;
      try {
        return await call(handleOf(node.uuid, settings), settings, { signal, deadlineMs });
      } catch (error) {
        if (error instanceof IpmiError && error.code === 'IpmiAborted') throw signal.reason;
        throw translateIpmiError(error, { doing, node: nameOf(node), address });
      }
    },
  };
}
