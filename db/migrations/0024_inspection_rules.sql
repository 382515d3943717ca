-- Rules that are applied to what an inspection found.
create table inspection_rules (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  priority integer not null default 0,
  description text,
  phase text,
  -- once set it stays, and its conditions and actions are shown to nobody
  sensitive boolean not null default false,
  -- [{op, args, loop, multiple}]
  conditions jsonb not null default '[]',
  -- [{op, args, loop}]
  actions jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

-- When the node was changed by what the inventory says: once for each inventory, however often it is tried.
alter table node_inventory add column applied_at timestamptz;
