-- Groups of nodes, as Ironic's clients know them.
create table chassis (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  description text,
  extra jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

alter table nodes add column chassis_uuid uuid references chassis;
create index nodes_chassis on nodes (chassis_uuid);
