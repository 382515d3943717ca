-- Calls of vendor methods: their arguments may be secrets, so they wait here, out of workflow histories.
create table vendor_calls (
  node_uuid uuid not null references nodes on delete cascade,
  request_id text not null,
  method text not null,
  -- Null once the call has ended.
  arguments jsonb,
  answer jsonb,
  asked_at timestamptz not null default now(),
  primary key (node_uuid, request_id)
);
