-- People, keys, sessions and tokens in the audit log: who let whom in, as what, and who came.
--
-- Of passwords, keys and tokens nothing is entered but that they were made, changed or ended.
-- Expand step: triggers on tables that are there.
set local lock_timeout = '2s';

create function audit_users() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
    changes jsonb;
begin
    if tg_op = 'INSERT' then
        perform audit('user.created', 'user:' || new.id, jsonb_build_object('email', new.email, 'name', new.name, 'role', new.role));
        return null;
    end if;
    changes := audit_changes(to_jsonb(old), to_jsonb(new), array['password_hash']);
    if changes ? 'password_hash' then
        perform audit('user.password_changed', 'user:' || new.id, jsonb_build_object('email', new.email));
    end if;
    changes := changes - 'password_hash';
    if changes <> '{}' then
        perform audit('user.' || case when not changes ? 'active' then 'updated' when new.active then 'activated' else 'deactivated' end,
                      'user:' || new.id, jsonb_build_object('email', new.email, 'changes', changes));
    end if;
    return null;
end $$;
comment on function audit_users is 'enters what is done to users into the audit log, without their passwords';
create trigger users_audited after insert or update on users for each row execute function audit_users();

create function audit_user_warehouses() returns trigger language plpgsql as $$
begin
    perform audit('user.warehouse_' || case tg_op when 'INSERT' then 'added' else 'removed' end,
                  'user:' || coalesce(new.user_id, old.user_id),
                  jsonb_build_object('warehouse_id', coalesce(new.warehouse_id, old.warehouse_id)));
    return null;
end $$;
comment on function audit_user_warehouses is 'enters where people may work into the audit log';
create trigger user_warehouses_audited after insert or delete on user_warehouses
    for each row execute function audit_user_warehouses();

create function audit_sessions() returns trigger language plpgsql as $$
begin
    perform audit('session.' || case tg_op when 'INSERT' then 'created' else 'ended' end,
                  'user:' || coalesce(new.user_id, old.user_id),
                  jsonb_build_object('session_id', coalesce(new.id, old.id)),
                  case tg_op when 'INSERT' then (select name::text from users where id = new.user_id) end);
    return null;
end $$;
comment on function audit_sessions is 'enters who signs in and out into the audit log';
create trigger sessions_audited after insert or delete on sessions for each row execute function audit_sessions();

create function audit_api_keys() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit('api_key.' || case tg_op when 'INSERT' then 'created' else 'revoked' end, 'api_key:' || new.id,
                  jsonb_build_object('name', new.name, 'prefix', new.prefix, 'user_id', new.user_id, 'scopes', new.scopes,
                                     'expires_at', new.expires_at));
    return null;
end $$;
comment on function audit_api_keys is 'enters what is done to API keys into the audit log, without the keys';
create trigger api_keys_audited_when_new after insert on api_keys for each row execute function audit_api_keys();
create trigger api_keys_audited_when_revoked after update on api_keys
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function audit_api_keys();

create function audit_one_time_tokens() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit(new.purpose || '_token.created', coalesce('user:' || new.user_id, new.purpose),
                  jsonb_build_object('expires_at', new.expires_at));
    return null;
end $$;
comment on function audit_one_time_tokens is 'enters that somebody can be let in once into the audit log, without the token';
create trigger one_time_tokens_audited after insert on one_time_tokens
    for each row execute function audit_one_time_tokens();
