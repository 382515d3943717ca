-- Rescue: the password's hash waits here for the rescue system, out of workflow histories.
create table rescue_passwords (
  node_uuid uuid not null references nodes on delete cascade,
  request_id text not null,
  -- as crypt(3) writes it, "$6$…"; null once the rescue system has it
  hash text,
  -- the boot (`<run id>:<n>`) whose rescue system was sent the hash, and the one that is known to have it
  sent_to text,
  taken_by text,
  created_at timestamptz not null default now(),
  primary key (node_uuid, request_id)
);

-- Networks of their own for rescue and service; without one it is the network for provisioning.
alter table networks drop constraint networks_purpose_check;
alter table networks add constraint networks_purpose_check
  check (purpose in ('provisioning', 'cleaning', 'inspection', 'rescuing', 'servicing', 'parked'));
