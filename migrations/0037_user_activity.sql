-- When people were last there. Sessions go when they end, so that it cannot be read from them.
--
-- A table of its own: `users` keeps its versions, its audit entries and its locks for what people decide.
-- Expand step: a new table, which the previous release does not know; what comes in by that one is not noted.
set local lock_timeout = '2s';

create table user_activity (
    user_id      bigint not null,
    last_seen_at timestamptz not null,
    constraint user_activity_pkey primary key (user_id),
    constraint user_activity_user_id_fkey foreign key (user_id) references users (id)
);
comment on table user_activity is 'when people were last there; who never came has no row';
comment on column user_activity.user_id is 'who';
comment on column user_activity.last_seen_at is 'when a session or an API key of theirs was last used, to the minute';

insert into user_activity (user_id, last_seen_at)
select seen.user_id, max(seen.at)
from (
    select user_id, last_seen_at as at from sessions
    union all
    select user_id, last_used_at from api_keys where last_used_at is not null
    union all
    select substr(target, 6)::bigint, recorded_at from audit_log where action = 'session.created'
) seen
join users on users.id = seen.user_id
group by seen.user_id;
