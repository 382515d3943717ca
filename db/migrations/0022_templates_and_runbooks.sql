-- Deploy steps that run where an instance asks for the trait that the template is named after.
create table deploy_templates (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  name text not null unique,
  -- [{interface, step, args, priority}]
  steps jsonb not null,
  extra jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

-- Named lists of clean or service steps for nodes that have one of the traits.
create table runbooks (
  id bigint generated always as identity unique,
  uuid uuid primary key,
  name text not null unique,
  -- [{interface, step, args, order}]
  steps jsonb not null,
  disable_ramdisk boolean not null default false,
  public boolean not null default false,
  owner text,
  description text,
  traits text[] not null default '{}',
  extra jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz
);
