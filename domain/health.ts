/** What a BMC says of its machine as a whole (ironic/common/health_states.py). */
export const HEALTH_STATES = ['OK', 'Warning', 'Critical'] as const;

/** One of them. */
export type Health = (typeof HEALTH_STATES)[number];
