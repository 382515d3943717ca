-- Who is told of what happens to nodes, and the deliveries that are still to be made.
create table webhooks (
  uuid uuid primary key default gen_random_uuid(),
  name text not null unique,
  url text not null,
  -- signs the bodies; sealed by ANNEAL_PAYLOAD_KEY where there is one (temporal/seal.ts)
  secret text not null,
  events text[] not null check (cardinality(events) > 0),
  created_at timestamptz not null default now()
);

create table webhook_deliveries (
  id bigint generated always as identity primary key,
  webhook_uuid uuid not null references webhooks on delete cascade,
  event_id bigint not null references node_events on delete cascade,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'given up')),
  attempts integer not null default 0,
  -- also how long the worker that tries just now may take
  next_try_at timestamptz not null default now(),
  last_status integer,
  last_error text,
  delivered_at timestamptz
);
create index webhook_deliveries_due on webhook_deliveries (next_try_at) where state = 'waiting';
create index webhook_deliveries_webhook on webhook_deliveries (webhook_uuid, id);

-- The proof of a cleaning is an event of its own, with the records that are the proof.
alter table node_events drop constraint node_events_type_check;
alter table node_events add constraint node_events_type_check check (type in (
  'operation started', 'operation ended', 'state', 'step', 'power', 'call started', 'call progress', 'call ended',
  'cleaning proved'));

create function note_proof_of_cleaning() returns trigger language plpgsql as $$
begin
  insert into node_events (node_uuid, operation_run, type, data)
  select new.uuid, new.operation_run, 'cleaning proved', jsonb_build_object('waived', count(r.id) = 0, 'records',
    coalesce(jsonb_agg(jsonb_build_object('uuid', r.uuid, 'subject', r.subject, 'device', r.device, 'serial', r.serial,
      'method', r.method, 'result', r.result) order by r.id) filter (where r.id is not null), '[]'))
  from (values (1)) as one left join erasure_records r on r.operation_run = new.operation_run;
  return null;
end $$;

-- By its name it comes before nodes_events: the end of the operation is the last that is told of it.
create trigger nodes_cleaning_proof after update on nodes for each row
  when (old.provision_state = 'cleaning' and new.provision_state = 'available')
  execute function note_proof_of_cleaning();

-- A delivery for each subscriber, in the transaction of what is told of.
create function note_webhook_deliveries() returns trigger language plpgsql as $$
begin
  insert into webhook_deliveries (webhook_uuid, event_id)
    select uuid, new.id from webhooks where new.type = any (events);
  return null;
end $$;

create trigger node_events_webhooks after insert on node_events for each row
  when (new.type in ('operation started', 'operation ended', 'state', 'power', 'cleaning proved'))
  execute function note_webhook_deliveries();
