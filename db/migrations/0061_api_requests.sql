-- Who asked for what, from where: one line for each request that changes something, also for refused ones; never trimmed.
create table api_requests (
  id bigint generated always as identity primary key,
  request_id text not null,
  at timestamptz not null default now(),
  method text not null,
  path text not null,
  status integer not null,
  -- outlives its node
  node_uuid uuid,
  username text,
  user_id text,
  project text,
  -- of the client; of the nearest proxy that isn't trusted when it came through proxies
  address text
);
create index api_requests_id on api_requests (request_id);
create index api_requests_node on api_requests (node_uuid, id);

create index node_history_request on node_history (request_id);
