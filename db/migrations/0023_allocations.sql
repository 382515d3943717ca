-- Requests for a node of some kind. Which node is chosen, and that it is chosen once, is decided here.
create table allocations (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  name text unique,
  -- 'allocating' is one that waits for a node to fit
  state text not null default 'allocating' check (state in ('allocating', 'active', 'error')),
  node_uuid uuid unique references nodes on delete cascade,
  resource_class text,
  traits text[] not null default '{}',
  -- none means any node
  candidate_nodes uuid[] not null default '{}',
  owner text,
  extra jsonb not null default '{}',
  last_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  constraint allocations_node_when_active check ((state = 'active') = (node_uuid is not null))
);
create index allocations_waiting on allocations (id) where state = 'allocating';
create index nodes_free on nodes (resource_class) where provision_state = 'available' and instance_uuid is null;

create function rack_of(n nodes) returns text language sql stable
  return coalesce(n.extra ->> 'rack', n.properties ->> 'rack', '');

-- The names of the conditions that keep a node from an allocation; none when it fits (domain/allocations.ts has
-- the sentence of each).
create function allocation_obstacles(a allocations, n nodes) returns text[] language sql stable
  return array_remove(array[
    case when n.resource_class is distinct from a.resource_class then 'resource_class' end,
    case when n.uuid <> all (a.candidate_nodes) and a.candidate_nodes <> '{}' then 'candidate_nodes' end,
    case when a.owner <> all (array[coalesce(n.owner, ''), coalesce(n.lessee, '')]) then 'owner' end,
    case when not a.traits <@ array(select t.trait from node_traits t where t.node_uuid = n.uuid) then 'traits' end,
    case when n.provision_state <> 'available' then 'provision_state' end,
    case when n.instance_uuid is not null then 'instance_uuid' end,
    case when n.maintenance then 'maintenance' end,
    case when n.retired then 'retired' end,
    case when n.power_state is null then 'power_state' end,
    case when n.reservation is not null then 'reservation' end
  ], null);

-- A node that loses its instance loses the allocation that gave it, and a node that is free goes to the
-- allocation that has waited for one like it longest.
create function serve_allocations() returns trigger language plpgsql as $$
declare
  waiting allocations;
begin
  if old.instance_uuid is not null and new.instance_uuid is distinct from old.instance_uuid then
    delete from allocations where node_uuid = new.uuid and uuid = old.instance_uuid;
  end if;
  if new.instance_uuid is not null or new.provision_state <> 'available' or new.reservation is not null then
    return new;
  end if;
  -- Against the exclusive lock of whoever is about to begin to wait: db/allocations.ts.
  perform pg_advisory_xact_lock_shared(hashtext('allocations'));
  select a.* into waiting from allocations a
   where a.state = 'allocating' and allocation_obstacles(a, new) = '{}'
   order by a.id limit 1 for update skip locked;
  if found then
    new.instance_uuid := waiting.uuid;
    new.instance_info := new.instance_info || jsonb_build_object('traits', to_jsonb(waiting.traits));
    update allocations set state = 'active', node_uuid = new.uuid, last_error = null, updated_at = now()
     where uuid = waiting.uuid;
  end if;
  return new;
end $$;

create trigger nodes_serve_allocations before update on nodes
  for each row execute function serve_allocations();

-- A trait may be what an allocation waits for.
create function touch_node_of_trait() returns trigger language plpgsql as $$
begin
  update nodes set updated_at = updated_at where uuid = new.node_uuid and provision_state = 'available';
  return null;
end $$;

create trigger node_traits_serve_allocations after insert on node_traits
  for each row execute function touch_node_of_trait();
