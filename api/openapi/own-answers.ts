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
  actions: z.array(z.strictObject({ call: z.string(), device, action: z.string(), node: z.uuid().optional() })),
  ends: z.string(),
  assumptions: z.array(z.string()),
});

const Network = z.strictObject({
  name: z.string(),
  uuid: z.uuid(),
  vlan: z.int().min(1).max(4094),
  purpose: text,
  owner: text,
  created_at: at,
});

const Switch = z.strictObject({
  name: z.string(),
  driver: z.string(),
  settings: z.record(z.string(), z.unknown()),
  created_at: at,
});

const LastRun = z.strictObject({
  run_id: z.string(),
  status: z.string(),
  result: z
    .strictObject({
      selected: z.int(),
      cleaned: z.int(),
      failed: z.int(),
      skipped: z.int(),
      left: z.int(),
      stopped: z.enum(['window closed', 'too many failures']).nullable(),
    })
    .nullable(),
});

const Schedule = z.strictObject({
  name: z.string(),
  site: z.string(),
  cron: z.array(z.string()),
  jitter_seconds: z.number(),
  selector: z.record(z.string(), z.unknown()),
  selects_nothing: z.boolean(),
  window_minutes: z.number(),
  max_percent_per_rack: z.number(),
  stop_at_error_percent: z.number(),
  paused: z.boolean(),
  note: text.optional(),
  next_runs_at: z.array(at),
  last_run_at: at.nullable(),
  last_run: LastRun.nullable(),
  created_at: at,
});

const Erasure = z.strictObject({
  uuid: z.uuid(),
  node_uuid: z.uuid(),
  run: z.uuid(),
  subject: z.enum(['disk', 'bios']),
  device: text,
  serial: text,
  wwn: text,
  model: text,
  size_bytes: seconds,
  method: z.string(),
  tool: z.string(),
  verification: z.record(z.string(), z.unknown()),
  result: z.enum(['accepted', 'failed']),
  reason: text,
  started_at: at,
  finished_at: at,
});

const Webhook = z.strictObject({
  uuid: z.uuid(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  secret: z.string(),
  previous_secret: text,
  previous_secret_until: at.nullable(),
  created_at: at,
  updated_at: at.nullable(),
});

const Delivery = z.strictObject({
  id: z.int(),
  event_id: z.int(),
  type: z.string(),
  node_uuid: z.uuid(),
  state: z.enum(['waiting', 'delivered', 'given up']),
  attempts: z.int(),
  next_try_at: at.nullable(),
  last_status: count,
  last_error: text,
  delivered_at: at.nullable(),
});

const Payloads = z.strictObject({
  payloads: z.array(z.strictObject({ metadata: z.record(z.string(), z.string()), data: z.string() })),
});

const HistoryLine = z.strictObject({
  uuid: z.uuid(),
  at: z.string(),
  type: z.string(),
  severity: z.enum(['INFO', 'WARNING', 'ERROR']),
  event: text,
  request: z.strictObject({ method: z.string(), path: z.string(), status: z.int(), address: text }).nullable(),
  request_id: text,
  username: text,
  user_id: text,
  project: text,
  operation: z.strictObject({ workflow_id: z.string(), run_id: z.uuid() }).nullable(),
  host: text,
  state: text,
  target_provision_state: text,
  duration_seconds: seconds,
});

const list = (name: string, item: z.ZodType) => ({ '200': z.strictObject({ [name]: z.array(item) }) });

/** A page of a list, with the link to the next one. */
export const page = (name: string, item: z.ZodType) => ({
  '200': z.strictObject({ [name]: z.array(item), next: z.string().optional() }),
});

/** What Anneal's own paths answer. */
export const OWN_ANSWERS = {
  'get /anneal/v1/networks': list('networks', Network),
  'post /anneal/v1/networks': { '201': Network },
  'get /anneal/v1/networks/:network': { '200': Network },
  'delete /anneal/v1/networks/:network': { '204': null },
  'get /anneal/v1/switches': list('switches', Switch),
  'get /anneal/v1/switches/:switch': { '200': Switch },
  'put /anneal/v1/switches/:switch': { '200': Switch },
  'delete /anneal/v1/switches/:switch': { '204': null },
  'get /anneal/v1/cleaning-schedules': list('cleaning_schedules', Schedule),
  'post /anneal/v1/cleaning-schedules': { '201': Schedule },
  'get /anneal/v1/cleaning-schedules/:schedule': { '200': Schedule },
  'delete /anneal/v1/cleaning-schedules/:schedule': { '204': null },
  'post /anneal/v1/cleaning-schedules/:schedule/pause': { '204': null },
  'post /anneal/v1/cleaning-schedules/:schedule/unpause': { '204': null },
  'post /anneal/v1/cleaning-schedules/:schedule/trigger': { '202': null },
  'get /anneal/v1/nodes/:node/history': page('history', HistoryLine),
  'get /anneal/v1/nodes/:node/erasures': list('erasures', Erasure),
  'get /anneal/v1/webhooks': list('webhooks', Webhook),
  'post /anneal/v1/webhooks': { '201': Webhook },
  'get /anneal/v1/webhooks/:webhook': { '200': Webhook },
  'patch /anneal/v1/webhooks/:webhook': { '200': Webhook },
  'delete /anneal/v1/webhooks/:webhook': { '204': null },
  'get /anneal/v1/webhooks/:webhook/deliveries': page('deliveries', Delivery),
  'get /anneal/v1/webhooks/:webhook/deliveries/:delivery': { '200': Delivery },
  'post /anneal/v1/webhooks/:webhook/deliveries/:delivery/retry': { '202': Delivery },
  'post /anneal/v1/webhooks/:webhook/deliveries/retry': { '202': z.strictObject({ deliveries: z.int() }) },
  'post /anneal/v1/codec/encode': { '200': Payloads },
  'post /anneal/v1/codec/decode': { '200': Payloads },
};
