-- The rest of Ironic's fields of nodes, ports and history, and what is known of a machine's BIOS and firmware.

alter table nodes
  add column network_data jsonb not null default '{}',
  add column instance_name text,
  add column disable_power_off boolean not null default false,
  -- a child, such as a DPU inside the parent's chassis, is a node of its own
  add column parent_node uuid references nodes on delete set null,
  add column health text,
  add column secure_boot boolean,
  add column raid_config jsonb not null default '{}',
  add column target_raid_config jsonb not null default '{}',
  add column service_step jsonb;
create index nodes_parent on nodes (parent_node) where parent_node is not null;

alter table ports
  add column description text,
  add column vendor text,
  add column category text,
  add column available_for_dynamic_portgroup boolean not null default true;

alter table node_history
  add column project text,
  -- the states that the event led to
  add column state text,
  add column target_provision_state text,
  -- how long the operation took that ended with the event
  add column duration_seconds integer;

create table bios_settings (
  node_uuid uuid not null references nodes on delete cascade,
  name text not null,
  value text,
  -- the rest is what the BIOS's registry of attributes says of the setting
  attribute_type text,
  allowable_values jsonb,
  lower_bound integer,
  max_length integer,
  min_length integer,
  read_only boolean,
  reset_required boolean,
  is_unique boolean,
  upper_bound integer,
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  primary key (node_uuid, name)
);

create table firmware_components (
  node_uuid uuid not null references nodes on delete cascade,
  component text not null,
  initial_version text not null,
  current_version text,
  last_version_flashed text,
  vendor text,
  model text,
  serial_number text,
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  primary key (node_uuid, component)
);
