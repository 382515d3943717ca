-- How many nodes a project may hold: lease, or own and not lease out. `*` is for projects without a row of their own;
-- without either there is no limit.
create table project_quotas (
  project text primary key,
  nodes integer not null check (nodes >= 0),
  updated_at timestamptz not null default now()
);
create index nodes_holder on nodes (coalesce(lessee, owner));

-- Refuses that a node becomes a project's when the project holds as many as it may, whoever writes it.
create function enforce_node_quota() returns trigger language plpgsql as $$
declare
  holder text := coalesce(new.lessee, new.owner);
  allowed integer;
  used integer;
begin
  if tg_op = 'UPDATE' and holder is not distinct from coalesce(old.lessee, old.owner) then
    return new;
  end if;
  select nodes into allowed from project_quotas where project in (holder, '*') order by project = '*' limit 1;
  if holder is null or allowed is null then
    return new;
  end if;
  -- One request of a project at a time, until its transaction ends: two must not both take the last place.
  perform pg_advisory_xact_lock(hashtextextended('node quota of ' || holder, 0));
  select count(*) into used from nodes where coalesce(lessee, owner) = holder;
  if used >= allowed then
    raise exception using errcode = 'AN001',
      message = format('Quota exceeded: project %s holds %s of the %s nodes that it may.', holder, used, allowed);
  end if;
  return new;
end
$$;
create trigger nodes_quota before insert or update of owner, lessee on nodes
  for each row execute function enforce_node_quota();
