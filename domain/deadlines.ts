import type { TransientState } from './provision-states.ts';

/** How long a transient state may last, and what is said when it lasts longer. */
export interface Deadline {
  readonly seconds: number;
  readonly cause: string;
}

const HOUR = 3600;

/** The longest that each transient state may last; a worker's configuration may shorten or lengthen each. */
export const DEADLINES: Readonly<Record<TransientState, Deadline>> = {
  verifying: { seconds: 300, cause: 'the BMC could not be verified' },
  'wait call-back': { seconds: 1800, cause: 'the agent did not call back after it was booted for deployment' },
  'clean wait': { seconds: 1800, cause: 'the agent did not call back after it was booted for cleaning' },
  'inspect wait': { seconds: 1800, cause: 'the agent did not report the inventory' },
  'rescue wait': { seconds: 1800, cause: 'the rescue ramdisk did not call back' },
  'service wait': { seconds: 1800, cause: 'the agent did not call back after it was booted for service' },
  deploying: { seconds: 6 * HOUR, cause: 'the deploy steps did not end' },
  deleting: { seconds: 600, cause: 'the machine could not be powered off and taken from its networks' },
  cleaning: { seconds: 72 * HOUR, cause: 'the clean steps did not end' },
  inspecting: { seconds: 900, cause: 'the machine could not be booted for inspection' },
  adopting: { seconds: 300, cause: 'the machine could not be adopted' },
  rescuing: { seconds: 900, cause: 'the machine could not be booted for rescue' },
  unrescuing: { seconds: 900, cause: 'the machine could not be brought back from rescue' },
  servicing: { seconds: 24 * HOUR, cause: 'the service steps did not end' },
};
