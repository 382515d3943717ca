-- Ports of a node that are bonded.
create table portgroups (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  node_uuid uuid not null references nodes on delete cascade,
  address macaddr unique,
  name text unique,
  mode text not null,
  properties jsonb not null default '{}',
  standalone_ports_supported boolean not null default true,
  physical_network text,
  category text,
  dynamic_portgroup boolean not null default false,
  extra jsonb not null default '{}',
  internal_info jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz
);
create index portgroups_node on portgroups (node_uuid);

alter table ports add column portgroup_uuid uuid references portgroups;
create index ports_portgroup on ports (portgroup_uuid);

-- What a node's initiator is called towards storage: an IQN, a WWN, an address.
create table volume_connectors (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  node_uuid uuid not null references nodes on delete cascade,
  type text not null,
  connector_id text not null,
  extra jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  constraint volume_connectors_once unique (type, connector_id)
);
create index volume_connectors_node on volume_connectors (node_uuid);

-- Volumes that a node boots from or uses; `properties` may hold the credentials of the connection.
create table volume_targets (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  node_uuid uuid not null references nodes on delete cascade,
  volume_type text not null,
  volume_id text not null,
  boot_index integer not null,
  properties jsonb not null default '{}',
  extra jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  constraint volume_targets_boot_index unique (node_uuid, boot_index)
);
