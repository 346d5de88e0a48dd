-- Access: who may come in, as what, and what lets them in.
--
--   users, user_warehouses   people, what they may do, and where
--   sessions                 who has signed in with a browser
--   api_keys                 what programs come in with; each belongs to a user and can do no more than its owner
--   one_time_tokens          what lets someone set up the first account, or choose another password, once
--
-- Nothing here that could let anyone in: of passwords there is an Argon2id hash, of sessions, keys and tokens the SHA-256 of
-- 256 random bits.
-- Expand step: new tables, which the previous release does not know.
set local lock_timeout = '2s';

create table users (
    id             bigint generated always as identity,
    email          one_line not null,
    name           one_line not null,
    role           text not null,
    active         boolean not null default true,
    all_warehouses boolean not null default true,
    password_hash  text,
    version        bigint not null default 1,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    constraint users_pkey primary key (id),
    constraint users_email_has_an_at check (email ~ '^[^@ ]+@[^@ ]+$'),
    constraint users_role_is_known check (role in ('viewer', 'operator', 'buyer', 'manager', 'admin')),
    constraint users_password_hash_is_argon2id check (password_hash like '$argon2id$%'),
    constraint users_version_is_positive check (version > 0)
);
create unique index users_email_key on users (lower(email));
create unique index users_name_key on users (lower(name));
create index users_active_admins_idx on users (id) where role = 'admin' and active;
comment on table users is 'people who may come in; they stay, because what they did has their names';
comment on column users.id is 'key';
comment on column users.email is 'what they sign in with; unique whatever its case';
comment on column users.name is 'what stands in the ledger as who did it; unique whatever its case';
comment on column users.role is 'what they may do';
comment on column users.active is 'whether they may come in';
comment on column users.all_warehouses is 'whether they may work in every warehouse; otherwise in those of user_warehouses';
comment on column users.password_hash is 'Argon2id of the password; null: none was chosen yet';
comment on column users.version is 'counts the changes of this row; its ETag';
comment on column users.created_at is 'when they were added';
comment on column users.updated_at is 'when they were last changed';

create table user_warehouses (
    user_id      bigint not null,
    warehouse_id bigint not null,
    constraint user_warehouses_pkey primary key (user_id, warehouse_id),
    constraint user_warehouses_user_id_fkey foreign key (user_id) references users (id),
    constraint user_warehouses_warehouse_id_fkey foreign key (warehouse_id) references warehouses (id)
);
create index user_warehouses_by_warehouse_idx on user_warehouses (warehouse_id);
comment on table user_warehouses is 'where people work who may not work in every warehouse';
comment on column user_warehouses.user_id is 'who';
comment on column user_warehouses.warehouse_id is 'where';

create table sessions (
    id           bigint generated always as identity,
    token_hash   sha256_digest not null,
    user_id      bigint not null,
    created_at   timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at   timestamptz not null,
    user_agent   text not null default '',
    address      inet,
    constraint sessions_pkey primary key (id),
    constraint sessions_token_hash_key unique (token_hash),
    constraint sessions_user_id_fkey foreign key (user_id) references users (id),
    constraint sessions_user_agent_is_limited check (char_length(user_agent) <= 400)
);
create index sessions_by_user_idx on sessions (user_id, id);
comment on table sessions is 'who has signed in with a browser; the row goes when the session ends';
comment on column sessions.id is 'key';
comment on column sessions.token_hash is 'SHA-256 of what is in the cookie';
comment on column sessions.user_id is 'who';
comment on column sessions.created_at is 'when they signed in';
comment on column sessions.last_seen_at is 'when it was last used, to the minute: unused for 30 minutes it ends';
comment on column sessions.expires_at is 'when it ends at the latest';
comment on column sessions.user_agent is 'the browser, as it names itself; may be empty';
comment on column sessions.address is 'from where they signed in; null: unknown';

create table api_keys (
    id           bigint generated always as identity,
    token_hash   sha256_digest not null,
    user_id      bigint not null,
    name         one_line not null,
    prefix       text not null,
    scopes       text[],
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    constraint api_keys_pkey primary key (id),
    constraint api_keys_token_hash_key unique (token_hash),
    constraint api_keys_user_id_fkey foreign key (user_id) references users (id),
    constraint api_keys_prefix_is_one check (prefix ~ '^sb_live_[0-9A-Za-z]{6}$'),
    constraint api_keys_scopes_not_empty check (cardinality(scopes) > 0)
);
create index api_keys_by_user_idx on api_keys (user_id, id);
comment on table api_keys is 'what programs come in with; each acts as its owner, and can do no more';
comment on column api_keys.id is 'key';
comment on column api_keys.token_hash is 'SHA-256 of the key itself, which was shown once';
comment on column api_keys.user_id is 'its owner';
comment on column api_keys.name is 'what it is for';
comment on column api_keys.prefix is 'how it begins, to be told from others';
comment on column api_keys.scopes is 'the permissions of its owner that it has; null: all of them';
comment on column api_keys.created_at is 'when it was made';
comment on column api_keys.expires_at is 'when it ends';
comment on column api_keys.last_used_at is 'when it was last used, to the minute; null: never';
comment on column api_keys.revoked_at is 'when it was taken back; null: it was not';

create table one_time_tokens (
    token_hash sha256_digest not null,
    purpose    text not null,
    user_id    bigint,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint one_time_tokens_pkey primary key (token_hash),
    constraint one_time_tokens_user_id_fkey foreign key (user_id) references users (id),
    constraint one_time_tokens_purpose_is_known check (purpose in ('setup', 'password_reset')),
    constraint one_time_tokens_reset_has_user check ((purpose = 'password_reset') = (user_id is not null))
);
create index one_time_tokens_by_user_idx on one_time_tokens (user_id);
comment on table one_time_tokens is 'what lets someone in once; the row goes when it is used';
comment on column one_time_tokens.token_hash is 'SHA-256 of the token, which was shown once';
comment on column one_time_tokens.purpose is 'setup: of the first account; password_reset: to choose another password';
comment on column one_time_tokens.user_id is 'whose password; null: there is nobody yet';
comment on column one_time_tokens.created_at is 'when it was made';
comment on column one_time_tokens.expires_at is 'when it ends unused';
