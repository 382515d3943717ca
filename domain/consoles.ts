/** How long a worker holds a serial console without a sign of life, in seconds; then another takes it over. */
export const CONSOLE_LEASE_S = 15;
