-- Serial consoles that are to be served over TCP: by which worker, and where.
create table serial_consoles (
  node_uuid uuid primary key references nodes on delete cascade,
  is_wanted boolean not null default true,
  -- The port that the node asks for.
  wanted_port integer check (wanted_port between 1 and 65535),
  -- Who serves it, and when that was last known to be so.
  worker text,
  seen_at timestamptz,
  host text,
  port integer,
  -- Why it cannot be served.
  problem text
);
