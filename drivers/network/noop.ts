import type { NetworkInterface } from '../interfaces.ts';

/** The network interface `noop`: somebody else has cabled and configured everything. */
export const noopNetwork: NetworkInterface = {
  setsVlans: false,
  ensurePortVlan: () => Promise.resolve({ vlan: null }),
  getPortVlan: () => Promise.resolve({ vlan: null }),
  validatePort: () => Promise.resolve(),
};
