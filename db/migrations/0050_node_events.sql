-- What happens to nodes, as it happens: what live progress and webhooks are made of. Written by the statements that
-- change the node's row, through a trigger, so that no writer can forget it, and by workers for their device calls.
create table node_events (
  id bigint generated always as identity primary key,
  node_uuid uuid not null,
  -- the Temporal run of the operation that it belongs to; null outside of operations
  operation_run uuid,
  at timestamptz not null default clock_timestamp(),
  type text not null check (type in (
    'operation started', 'operation ended', 'state', 'step', 'power', 'call started', 'call progress', 'call ended')),
  data jsonb not null
);
create index node_events_run on node_events (operation_run, id);

create function note_node_events() returns trigger language plpgsql as $$
declare
  run constant uuid := case when coalesce(new.operation, old.operation) is not null then new.operation_run end;
begin
  if new.operation_run is distinct from old.operation_run then
    if old.operation is not null then
      insert into node_events (node_uuid, operation_run, type, data) values (new.uuid, old.operation_run,
        'operation ended', jsonb_build_object('provision_state', new.provision_state,
          'last_error', 'The operation was ended from outside and its node taken over.'));
    end if;
    insert into node_events (node_uuid, operation_run, type, data) values (new.uuid, run, 'operation started',
      jsonb_build_object('operation', new.operation, 'request_id', new.operation_request, 'host', new.reservation));
  end if;
  if new.provision_state <> old.provision_state then
    insert into node_events (node_uuid, operation_run, type, data) values (new.uuid, run, 'state',
      jsonb_build_object('from', old.provision_state, 'to', new.provision_state));
  end if;
  if new.power_state is distinct from old.power_state then
    insert into node_events (node_uuid, operation_run, type, data) values (new.uuid, run, 'power',
      jsonb_build_object('from', old.power_state, 'to', new.power_state));
  end if;
  if new.clean_step is distinct from old.clean_step and new.clean_step is not null then
    insert into node_events (node_uuid, operation_run, type, data)
      values (new.uuid, run, 'step', shown_step('clean', new.clean_step));
  end if;
  if new.deploy_step is distinct from old.deploy_step and new.deploy_step is not null then
    insert into node_events (node_uuid, operation_run, type, data)
      values (new.uuid, run, 'step', shown_step('deploy', new.deploy_step));
  end if;
  if new.service_step is distinct from old.service_step and new.service_step is not null then
    insert into node_events (node_uuid, operation_run, type, data)
      values (new.uuid, run, 'step', shown_step('service', new.service_step));
  end if;
  if old.operation is not null and new.operation is null and new.operation_run = old.operation_run then
    insert into node_events (node_uuid, operation_run, type, data) values (new.uuid, run, 'operation ended',
      jsonb_build_object('provision_state', new.provision_state, 'last_error', new.last_error));
  end if;
  return null;
end $$;

-- A step as it is told: its arguments stay in the node's row, since they may hold secrets.
create function shown_step(kind text, step jsonb) returns jsonb language sql immutable
  return jsonb_build_object('kind', kind, 'interface', step -> 'interface', 'step', step -> 'step',
    'index', step -> 'index', 'total', step -> 'total');

create trigger nodes_events after update on nodes for each row
  when (new.operation_run is distinct from old.operation_run or new.operation is distinct from old.operation
    or new.provision_state <> old.provision_state or new.power_state is distinct from old.power_state
    or new.clean_step is distinct from old.clean_step or new.deploy_step is distinct from old.deploy_step
    or new.service_step is distinct from old.service_step)
  execute function note_node_events();
