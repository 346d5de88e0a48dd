-- Two roles for Stockbook. Run this as a superuser, connected to the database that Stockbook is to have; it can be run again.
--
--   OWNER_ROLE  owns the database and its schema, and migrates:  stockbook migrate --app-role APP_ROLE
--   APP_ROLE  serves: it can change neither the schema nor the history of stock, orders, transfers and the audit log
--
-- Neither has a password yet. Give them one, in psql:  \password OWNER_ROLE  and  \password APP_ROLE
do $roles$
begin
    if not exists (select from pg_roles where rolname = 'OWNER_ROLE') then
        create role OWNER_ROLE login;
    end if;
    if not exists (select from pg_roles where rolname = 'APP_ROLE') then
        create role APP_ROLE login;
    end if;
    -- Whoever owns the tables could give themselves every privilege; and nobody is to come by it through another role.
    if pg_has_role('APP_ROLE', 'OWNER_ROLE', 'member') then
        raise exception 'APP_ROLE is a member of OWNER_ROLE, or a superuser, and so could change history';
    end if;
    -- Up to when stock as it was cannot change any more follows from the oldest transaction that writes, whoever's it is.
    grant pg_read_all_stats to APP_ROLE;
    execute format('alter database %I owner to OWNER_ROLE', current_database());
    execute format('grant connect on database %I to APP_ROLE', current_database());
    execute format('revoke create on schema %I from public', current_schema());
    execute format('revoke create, temporary on database %I from public', current_database());
    execute format('grant usage, create on schema %I to OWNER_ROLE', current_schema());
end $roles$;
