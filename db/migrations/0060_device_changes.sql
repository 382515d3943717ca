-- Virtual media of a machine: the image waits here, out of workflow histories, until it is attached.
create table virtual_media (
  node_uuid uuid not null references nodes on delete cascade,
  device_type text not null check (device_type in ('cdrom', 'floppy', 'disk')),
  image_url text not null,
  attached_at timestamptz,
  primary key (node_uuid, device_type)
);

-- Lamps that somebody switched; others are as the driver tells.
create table indicator_states (
  node_uuid uuid not null references nodes on delete cascade,
  component text not null,
  name text not null,
  state text not null,
  primary key (node_uuid, component, name)
);

-- Consoles that somebody may look into by a token, until it expires.
create table console_sessions (
  node_uuid uuid primary key references nodes on delete cascade,
  token text not null,
  expires_at timestamptz not null
);

-- What a fake device was told last, by what it was about.
alter table fake_devices add column told jsonb not null default '{}';
