-- What APP_ROLE needs to serve. Run this as the owner of the tables, after each migration; `stockbook migrate --app-role
-- APP_ROLE` does. What is append-only can be read and added to; all else can be changed; the schema cannot.
do $grants$
declare
    of record;
begin
    execute format('revoke create on schema %I from APP_ROLE', current_schema());
    execute format('grant usage on schema %I to APP_ROLE', current_schema());
    for of in
        select c.relname as name, c.relkind = 'v' or c.relname = '_sqlx_migrations' as is_read_only,
               exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = c.relname || '_append_only') as is_history
        from pg_class c
        where c.relkind in ('r', 'p', 'v')
          and c.relnamespace = current_schema()::regnamespace
          and c.relowner = (select relowner from pg_class where oid = 'products'::regclass)
    loop
        execute format('revoke all on %I from APP_ROLE', of.name);
        execute format('grant %s on %I to APP_ROLE',
                       case when of.is_read_only then 'select'
                            when of.is_history then 'select, insert'
                            else 'select, insert, update, delete' end,
                       of.name);
    end loop;
    -- The ledger takes the keys of what it writes at once.
    execute format('grant usage on all sequences in schema %I to APP_ROLE', current_schema());
end $grants$;
