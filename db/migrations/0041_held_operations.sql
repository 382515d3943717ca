-- The service step that runs, and how often an operation has moved its node's state: each of its moves is made once.
alter table nodes add column if not exists service_step jsonb;
alter table nodes add column operation_moves integer not null default 0;
