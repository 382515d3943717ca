/** Which nodes a cleaning schedule means; a node must fit every field that is given. None given: no node. */
export interface FleetSelector {
  /** Uuids or names. */
  readonly nodes?: readonly string[];
  readonly resourceClass?: string;
  /** A node must have all of them. */
  readonly traits?: readonly string[];
  readonly owner?: string;
  readonly shard?: string;
  /** `extra.rack` of the node. */
  readonly rack?: string;
  /** Every available node of the site: must be said, since an empty selector means nothing. */
  readonly all?: boolean;
}

/** How much of a fleet may be cleaned at once, and when it stops. */
export interface FleetLimits {
  /** No cleaning begins later than this after the start. */
  readonly windowMinutes: number;
  /** At most this share of a rack is cleaned at once, but always one node of it. */
  readonly maxPercentPerRack: number;
  /** No further cleaning begins when more than this share of the ended ones failed. */
  readonly stopAtErrorPercent: number;
}

/** A node that waits for its scheduled cleaning. */
export interface FleetNode {
  readonly uuid: string;
  readonly name: string | null;
  readonly rack: string;
}

/** How a scheduled cleaning of a fleet went. */
export interface FleetTally {
  readonly cleaned: number;
  readonly failed: number;
  /** Claimed by somebody else before their turn came. */
  readonly skipped: number;
}

/** Whether the selector names anything at all. */
export function selectsNothing(selector: FleetSelector): boolean {
  const { nodes = [], traits = [], resourceClass, owner, shard, rack, all } = selector;
  const words = [resourceClass, owner, shard, rack].filter((word) => word !== undefined && word !== '');
  return nodes.length === 0 && traits.length === 0 && words.length === 0 && all !== true;
}

/** How many nodes of a rack may be cleaned at the same time. */
export function rackLimit(rackSize: number, { maxPercentPerRack }: FleetLimits): number {
  return Math.max(1, Math.floor((rackSize * maxPercentPerRack) / 100));
}

/** Whether so many failed that something must be wrong with more than a machine. */
export function failsTooOften({ cleaned, failed }: FleetTally, { stopAtErrorPercent }: FleetLimits): boolean {
  return failed > 0 && (failed * 100) / (cleaned + failed) > stopAtErrorPercent;
}
