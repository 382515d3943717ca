-- What was asked of a node stands in its history, among what was done to it: one journal, never trimmed.
alter table node_history
  -- requests that are about no node are in it too
  alter column node_uuid drop not null,
  alter column event drop not null,
  alter column event_type set default 'request',
  alter column severity set default 'INFO',
  add column method text,
  add column path text,
  add column status integer,
  add column user_id text,
  -- of the client; of the nearest proxy that isn't trusted when it came through proxies
  add column address text,
  add constraint node_history_event_or_request check (case
    when method is null then event is not null and node_uuid is not null
    else event is null and path is not null and status is not null and request_id is not null end);

-- By time, since the requests of before come behind what is there.
drop index node_history_node;
create index node_history_node on node_history (node_uuid, at, id);
create index node_history_run on node_history (node_uuid, operation_run, at) where operation_run is not null;

lock table api_requests in access exclusive mode;
insert into node_history (at, node_uuid, severity, request_id, username, user_id, project, address, method, path, status)
select at, node_uuid, case when status >= 500 then 'ERROR' when status >= 400 then 'WARNING' else 'INFO' end,
  request_id, username, user_id, project, address, method, path, status from api_requests order by id;
drop table api_requests;

-- The requests of the journal. Processes of the version before go on writing here.
create view api_requests as
  select id, uuid, at, request_id, method, path, status, node_uuid, username, user_id, project, address
    from node_history where method is not null;

-- Who asked for an allocation: it may get its node later, and the node's history tells for whom.
alter table allocations
  add column username text,
  add column project text,
  add column request_id text;

create function note_allocation() returns trigger language plpgsql as $$
begin
  insert into node_history (node_uuid, event, event_type, username, project, request_id)
  values (new.node_uuid, 'Given to the allocation ' || coalesce(new.name || ' (' || new.uuid || ')', new.uuid::text),
    'allocation', new.username, new.project, new.request_id);
  return null;
end $$;

create trigger allocations_history after update of node_uuid on allocations for each row
  when (new.node_uuid is not null and new.node_uuid is distinct from old.node_uuid)
  execute function note_allocation();
