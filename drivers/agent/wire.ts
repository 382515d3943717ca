import { z } from 'zod';

/** The version of the agent and when it started (GET /v1/status; needs no token). */
export const agentStatusSchema = z.object({ started_at: z.number().nullable(), version: z.string() });

/** What the agent is. */
export interface AgentStatus {
  readonly startedAt: number | null;
  readonly version: string;
}

/** One command as the agent shows it; it never shows the parameters (ironic-python-agent, extensions/base.py). */
export const agentCommandSchema = z
  .object({
    id: z.string(),
    command_name: z.string(),
    command_status: z.string(),
    command_error: z.unknown().optional(),
    command_result: z.unknown().optional(),
  })
  .transform((wire): AgentCommand => ({
    id: wire.id,
    name: wire.command_name,
    status: wire.command_status,
    error: wire.command_error ?? null,
    result: wire.command_result ?? null,
  }));

/** All commands since the agent started, oldest first. */
export const agentCommandsSchema = z.object({ commands: z.array(agentCommandSchema) });

/**
 * A command of the agent. `name` lacks the extension for commands that run in the background
 * (`execute_clean_step`). `status` is RUNNING, SUCCEEDED, FAILED or CLEAN_VERSION_MISMATCH.
 */
export interface AgentCommand {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly error: unknown;
  readonly result: unknown;
}

const faultSchema = z.object({ faultstring: z.string() });
const restErrorSchema = z.object({ message: z.string().optional(), details: z.string().optional() });
const plainErrorSchema = z.object({ error: z.string() });

/** The agent's own words for a refused request: its `faultstring`, or the start of what it sent. */
export function faultOf(body: string): string {
  try {
    return faultSchema.parse(JSON.parse(body)).faultstring;
  } catch {
    return body.slice(0, 500);
  }
}

/** The agent's own words for a command that failed: `message: details` of its RESTError. */
export function wordsOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const plain = plainErrorSchema.safeParse(error);
  if (plain.success) return plain.data.error;
  const rest = restErrorSchema.safeParse(error);
  const words = [rest.data?.message, rest.data?.details].filter((part) => part !== undefined && part !== '');
  return words.length > 0 ? words.join(': ') : 'no reason given';
}
