-- The events of a node reach a subscriber in their order: a delivery waits for those before it of the same node.
alter table webhook_deliveries
  add column node_uuid uuid,
  -- while a worker tries: no one else takes it
  add column taken_until timestamptz;
update webhook_deliveries d set node_uuid = e.node_uuid from node_events e where e.id = d.event_id;
alter table webhook_deliveries alter column node_uuid set not null;
create index webhook_deliveries_order on webhook_deliveries (webhook_uuid, node_uuid, id) where state = 'waiting';

create or replace function note_webhook_deliveries() returns trigger language plpgsql as $$
begin
  insert into webhook_deliveries (webhook_uuid, event_id, node_uuid)
    select uuid, new.id, new.node_uuid from webhooks where new.type = any (events);
  return null;
end $$;

-- A secret that was changed goes on signing for a while, beside the new one.
alter table webhooks
  add column previous_secret text,
  add column secret_changed_at timestamptz,
  add column updated_at timestamptz;
