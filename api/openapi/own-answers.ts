import { z } from 'zod';

const text = z.string().nullable();
const at = z.iso.datetime();
const seconds = z.number().nullable();
const count = z.int().nullable();

const Step = z.strictObject({
  kind: z.string(),
  interface: z.string(),
  step: z.string(),
  index: count,
  total: count,
  started_at: at,
  ended_at: at.nullable(),
  duration_s: seconds,
});

const device = z.enum(['bmc', 'switch', 'agent', 'driver']);

const Call = z.strictObject({
  call: z.string(),
  attempt: z.int().min(1),
  step: text,
  outcome: z.enum(['running', 'done', 'failed', 'cancelled']),
  started_at: at,
  ended_at: at.nullable(),
  duration_s: seconds,
  code: text,
  message: text,
  answers: z.array(
    z.strictObject({
      device,
      action: z.string(),
      answer: z.string(),
      times: z.int().min(1),
    }),
  ),
});

/** One operation on a node (api/node-operations/present.ts). */
export const Operation = z.strictObject({
  uuid: z.uuid(),
  node_uuid: z.uuid(),
  operation: text,
  verb: z.string(),
  outcome: z.enum(['running', 'done', 'failed', 'aborted']),
  started_at: at,
  ended_at: at.nullable(),
  duration_s: seconds,
  last_event: z.string(),
  last_error: text,
  host: text,
  request_id: text,
  username: text,
  temporal: z.strictObject({ workflow_id: z.string(), run_id: z.string() }),
  states: z.array(z.strictObject({ state: z.string(), at })),
  steps: z.array(Step),
  calls: z.array(Call),
  links: z.array(z.strictObject({ href: z.string(), rel: z.string() })),
});

/** Server-sent events, each with JSON as its data; nothing when all were seen. */
export const EventStream = { '200': z.looseObject({ data: z.string() }), '204': null };

/** What a verb would do (api/nodes/plan.ts). */
export const Plan = z.strictObject({
  node_uuid: z.uuid(),
  verb: z.string(),
  present: z.strictObject({
    provision_state: z.string(),
    power_state: text,
    boot: text,
    ports: z.array(z.strictObject({ address: z.string(), vlan: count })),
    unknown: z.array(z.string()),
  }),
  actions: z.array(z.strictObject({ call: z.string(), device, action: z.string() })),
  ends: z.string(),
  assumptions: z.array(z.string()),
});
