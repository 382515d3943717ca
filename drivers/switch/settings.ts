import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';

/** The settings of a switch by the schema of its driver. @throws BareMetalError `InvalidParameterValue` that says why not */
export function parseSettings<T>(schema: z.ZodType<T>, name: string, settings: unknown): T {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const why = z.prettifyError(parsed.error);
  throw new BareMetalError('InvalidParameterValue', `The settings of switch ${name} do not fit: ${why}`);
}
