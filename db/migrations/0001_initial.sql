-- Inventory and records of bare metal: the truth that the API reads. Operations themselves live in Temporal.

create table nodes (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  name text unique,
  driver text not null,
  driver_info jsonb not null default '{}',
  driver_internal_info jsonb not null default '{}',
  properties jsonb not null default '{}',
  instance_info jsonb not null default '{}',
  instance_uuid uuid unique,
  extra jsonb not null default '{}',
  resource_class text,
  conductor_group text not null default '',
  owner text,
  lessee text,
  shard text,
  description text,
  -- {bios, boot, console, deploy, …}: the implementation of each interface
  interfaces jsonb not null,
  provision_state text not null default 'enroll',
  target_provision_state text,
  provision_updated_at timestamptz,
  power_state text check (power_state in ('power on', 'power off')),
  target_power_state text,
  boot_mode text check (boot_mode in ('uefi', 'bios')),
  clean_step jsonb,
  deploy_step jsonb,
  maintenance boolean not null default false,
  maintenance_reason text,
  fault text,
  last_error text,
  automated_clean boolean,
  protected boolean not null default false,
  protected_reason text,
  retired boolean not null default false,
  retired_reason text,
  console_enabled boolean not null default false,
  inspection_started_at timestamptz,
  inspection_finished_at timestamptz,
  -- host of the worker that runs the present operation, and that operation's Temporal run and request
  reservation text,
  operation text,
  operation_run uuid,
  operation_request text,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);
create index nodes_provision_state on nodes (provision_state);
create index nodes_site on nodes (conductor_group, id);

create table ports (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  node_uuid uuid not null references nodes on delete cascade,
  address macaddr not null unique,
  name text unique,
  pxe_enabled boolean not null default true,
  local_link_connection jsonb not null default '{}',
  physical_network text,
  is_smartnic boolean not null default false,
  extra jsonb not null default '{}',
  internal_info jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz
);
create index ports_node on ports (node_uuid);
create index ports_link on ports ((local_link_connection ->> 'switch_info'), (local_link_connection ->> 'port_id'));

create table node_traits (
  node_uuid uuid not null references nodes on delete cascade,
  trait text not null,
  primary key (node_uuid, trait)
);

-- One line for each thing that happened to a node; never trimmed.
create table node_history (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  node_uuid uuid not null,
  at timestamptz not null default now(),
  event text not null,
  event_type text not null,
  severity text not null check (severity in ('INFO', 'WARNING', 'ERROR')),
  conductor text,
  username text,
  request_id text,
  operation_run uuid
);
create index node_history_node on node_history (node_uuid, id);

-- What the last inspection reported: the agent's inventory and its plugin data.
create table node_inventory (
  node_uuid uuid primary key references nodes on delete cascade,
  inventory jsonb not null,
  plugin_data jsonb not null default '{}',
  inspected_at timestamptz not null default now()
);

-- The agent of a node: made when an operation boots it, dropped when the machine is powered off for good.
create table agent_sessions (
  node_uuid uuid primary key references nodes on delete cascade,
  -- which boot of which operation this session belongs to: `<run id>:<n>`
  boot_id text not null,
  network text not null,
  -- set when the machine has been told to boot the agent; its power-on must not be repeated
  powered_on_at timestamptz,
  -- handed out once by lookup, then only compared
  token text,
  token_given_at timestamptz,
  callback_url text,
  verify_ca text,
  agent_version text,
  first_heartbeat_at timestamptz,
  last_heartbeat_at timestamptz,
  -- true while a workflow waits: only then does a heartbeat become a signal
  awaited boolean not null default false
);

-- Config drives wait here for their deployment, out of workflow histories.
create table config_drives (
  node_uuid uuid primary key references nodes on delete cascade,
  -- gzip+base64 of an ISO 9660 file system, an http(s) URL of the same, or JSON of its parts
  content text not null,
  created_at timestamptz not null default now()
);

-- Networks that Anneal sets on switch ports; a VIF of the `switch` network interface is one of these.
create table networks (
  name text primary key,
  uuid uuid not null unique default gen_random_uuid(),
  vlan integer not null check (vlan between 1 and 4094),
  -- what Anneal itself uses the network for; null for tenants' networks
  purpose text unique check (purpose in ('provisioning', 'cleaning', 'inspection', 'parked')),
  owner text,
  created_at timestamptz not null default now()
);

create table switches (
  name text primary key,
  driver text not null,
  -- how to reach it: for Open vSwitch {ovsdb: "tcp:127.0.0.1:6640" | "unix:/path", bridge}
  settings jsonb not null,
  created_at timestamptz not null default now()
);

create table vif_attachments (
  node_uuid uuid not null references nodes on delete cascade,
  vif_id text not null,
  port_uuid uuid not null unique references ports on delete cascade,
  attached_at timestamptz not null default now(),
  primary key (node_uuid, vif_id)
);

-- Proof of cleaning: one row for each disk and each BIOS reset of each cleaning run.
create table erasure_records (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  node_uuid uuid not null,
  operation_run uuid not null,
  -- 'disk' or 'bios'
  subject text not null check (subject in ('disk', 'bios')),
  device text,
  serial text,
  wwn text,
  model text,
  size_bytes bigint,
  method text not null,
  tool text not null,
  verification jsonb not null,
  result text not null check (result in ('accepted', 'failed')),
  reason text,
  started_at timestamptz not null,
  finished_at timestamptz not null default now()
);
create index erasure_records_node on erasure_records (node_uuid, id);
create unique index erasure_records_once on erasure_records (operation_run, node_uuid, subject, coalesce(serial, ''), coalesce(device, ''));

-- Workers that live: what the API shows as conductors and drivers.
create table workers (
  hostname text primary key,
  conductor_group text not null,
  hardware_types jsonb not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

-- The world of fake hardware: device state and a count of every call that changed it.
create table fake_devices (
  node_uuid uuid primary key references nodes on delete cascade,
  power_state text not null default 'power off' check (power_state in ('power on', 'power off')),
  -- null when no boot device is selected: the firmware's own order
  boot_device text,
  boot_persistent boolean not null default false,
  boot_uefi boolean not null default false,
  clear_cmos boolean not null default false,
  -- what the last power-on booted from; null before the first
  booted_from text,
  -- {"<port id>": vlan} of the network interface `fake`
  port_vlans jsonb not null default '{}',
  -- {"<serial>": "clean" | "dirty"}; a disk that is not named is dirty
  disks jsonb not null default '{}',
  -- {"<interface>.<step>": {run, ends_at (epoch ms), result}}: the last run of each step
  steps jsonb not null default '{}',
  -- how often each fault dial has fired
  faults jsonb not null default '{}',
  -- {"power on": 3, "power on again": 0, …}: a change asked for while already there counts as «again»
  calls jsonb not null default '{}'
);

-- Ports of fake switches.
create table fake_switch_ports (
  switch text not null references switches on delete cascade,
  port_id text not null,
  vlan integer not null check (vlan between 1 and 4094),
  primary key (switch, port_id)
);

-- Adds one to the counter `key` of a fake device's calls.
create function counted(calls jsonb, key text) returns jsonb language sql immutable
  return calls || jsonb_build_object(key, coalesce((calls ->> key)::integer, 0) + 1);
