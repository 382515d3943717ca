import { z } from 'zod';

/** Names of networks, switches and schedules: they stand in paths and in workflow ids. */
export const resourceName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
    error: (issue) => `${JSON.stringify(issue.input)} is no name: letters, digits, ".", "_" and "-"`,
  });
