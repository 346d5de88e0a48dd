-- The audit log: who did what besides moving stock, from where, and when. Stock has its own record, the ledger.
--
--   audit_log        what was done, written in the transaction that did it, by triggers: so it also holds for psql
--   audit_log_seals  the chain over it, by SHA-256: written a moment later, so that nobody waits for a common chain
--   audit_log_queue  what has yet to be sealed
--
-- Entries and seals cannot be changed by anybody. The server says who acts, and from where, by the settings stockbook.actor
-- and stockbook.request of its transactions.
-- Expand step: new tables, and triggers that also enter what the previous release does.
set local lock_timeout = '2s';

create table audit_log (
    id          bigint generated always as identity,
    recorded_at timestamptz not null default clock_timestamp(),
    actor       one_line not null,
    actor_kind  text not null,
    actor_id    bigint,
    action      text not null,
    target      one_line not null,
    address     inet,
    user_agent  text,
    request_id  text,
    detail      jsonb not null,
    constraint audit_log_pkey primary key (id),
    constraint audit_log_actor_kind_is_plain check (actor_kind ~ '^[a-z_]{1,40}$'),
    constraint audit_log_action_is_plain check (action ~ '^[a-z_]{1,60}[.][a-z_]{1,60}$'),
    constraint audit_log_user_agent_is_limited check (char_length(user_agent) between 1 and 400),
    constraint audit_log_request_id_is_limited check (char_length(request_id) between 1 and 64),
    constraint audit_log_detail_is_an_object check (jsonb_typeof(detail) = 'object')
);
create index audit_log_by_time_idx on audit_log (recorded_at, id);
create index audit_log_by_actor_idx on audit_log (actor, recorded_at, id);
create index audit_log_by_action_idx on audit_log (action, recorded_at, id);
create index audit_log_by_target_idx on audit_log (target, recorded_at, id);
comment on table audit_log is 'who did what, from where, and when; append-only';
comment on column audit_log.id is 'key; not the order of commits';
comment on column audit_log.recorded_at is 'when it was done';
comment on column audit_log.actor is 'who did it';
comment on column audit_log.actor_kind is 'by what they came in: person, api_key, demo, internal; anonymous: nobody said who they are; database: by SQL';
comment on column audit_log.actor_id is 'key of the user that they are, or whose key they have; null: none';
comment on column audit_log.action is 'what was done to what: user.updated; docs/src/audit-log.md lists them';
comment on column audit_log.target is 'to which one: warehouse:3, its kind and key';
comment on column audit_log.address is 'from which address; null: from inside the server';
comment on column audit_log.user_agent is 'by which program, as it names itself';
comment on column audit_log.request_id is 'of which request; the server''s log has it too';
comment on column audit_log.detail is 'what changed; never a password, a key or a token';

create table audit_log_seals (
    seq      bigint not null,
    entry_id bigint not null,
    chain    sha256_digest not null,
    constraint audit_log_seals_pkey primary key (seq),
    constraint audit_log_seals_once_key unique (entry_id),
    constraint audit_log_seals_seq_is_positive check (seq > 0)
);
comment on table audit_log_seals is 'the chain over the audit log: each seal covers its entry and the seal before it; append-only';
comment on column audit_log_seals.seq is 'place in the chain; gapless from 1';
comment on column audit_log_seals.entry_id is 'which entry';
comment on column audit_log_seals.chain is 'SHA-256 over the chain before it and the entry; docs/src/audit-log.md has the form';

create table audit_log_queue (
    entry_id bigint not null,
    constraint audit_log_queue_pkey primary key (entry_id)
);
comment on table audit_log_queue is 'entries of the audit log that have yet to be sealed, which the server does within seconds';
comment on column audit_log_queue.entry_id is 'which entry';

-- Guards ----------------------------------------------------------------------------------------

create function audit_log_refuse_change_by_hand() returns trigger language plpgsql as $$
begin
    -- Deeper than this function: a trigger of what was done writes.
    if pg_trigger_depth() = 1 and current_setting('stockbook.ledger', true) is distinct from 'on' then
        raise exception '% is kept by the server and cannot be changed by hand', tg_table_name
            using errcode = 'insufficient_privilege',
                  hint = 'Do what you want to do; it is entered by itself. GET /audit-log shows it.';
    end if;
    return null;
end $$;
comment on function audit_log_refuse_change_by_hand is 'lets triggers and the server write, and nobody else';
create trigger audit_log_by_triggers_only before insert on audit_log
    for each statement execute function audit_log_refuse_change_by_hand();
create trigger audit_log_seals_by_server_only before insert on audit_log_seals
    for each statement execute function audit_log_refuse_change_by_hand();
create trigger audit_log_queue_by_server_only before insert or update or delete or truncate on audit_log_queue
    for each statement execute function audit_log_refuse_change_by_hand();

create function audit_log_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: what was done stays done', tg_table_name
        using errcode = 'insufficient_privilege', hint = 'GET /audit-log/verify finds what was changed all the same.';
end $$;
comment on function audit_log_refuse_change is 'entries and seals are for ever';
create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function audit_log_refuse_change();
create trigger audit_log_seals_append_only before update or delete or truncate on audit_log_seals
    for each statement execute function audit_log_refuse_change();

-- The same by privilege, which also holds where triggers cannot be.
revoke update, delete, truncate on audit_log, audit_log_seals from current_user;

-- Entries ---------------------------------------------------------------------------------------

create function audit(action text, target text, detail jsonb, actor text default null) returns void language sql as $$
    with origin as (
        select nullif(current_setting('stockbook.request', true), '')::jsonb as request,
               current_setting('stockbook.ledger', true) = 'on' as is_server
    ), entry as (
        insert into audit_log (actor, actor_kind, actor_id, action, target, address, user_agent, request_id, detail)
        select coalesce(actor, nullif(current_setting('stockbook.actor', true), ''),
                        case when request is not null then 'anonymous' else session_user::text end),
               coalesce(request ->> 'actor_kind', case when is_server then 'internal' else 'database' end),
               (request ->> 'actor_id')::bigint, action, left(target, 200),
               case when is_server then (request ->> 'address')::inet else inet_client_addr() end,
               nullif(left(case when is_server then request ->> 'user_agent' else current_setting('application_name') end, 400), ''),
               request ->> 'request_id', detail
        from origin
        returning id
    )
    insert into audit_log_queue (entry_id) select id from entry
$$;
comment on function audit is 'enters what was done into the audit log; by whom and from where, the settings of the transaction say';

create function audit_changes(past jsonb, present jsonb, hidden text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(n.key, case
               when n.key = any(hidden) then '{}'::jsonb
               when length(n.value::text) > 400 or length(o.value::text) > 400 then '{}'::jsonb
               else jsonb_build_object('from', o.value, 'to', n.value) end), '{}')
    from jsonb_each(present) n
    join jsonb_each(past) o on o.key = n.key and o.value <> n.value
    where n.key not in ('version', 'updated_at')
$$;
comment on function audit_changes is 'what differs between two states of a row, each with from and to; of what is long or secret, only that it differs';

-- Rows of documents. The arguments: what they are called; the columns that every entry shows, separated by commas; the
-- columns that are shown by no entry. A column named id is the key; without one there is one row.
create function audit_rows() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
    past jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    present jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    shown text[] := string_to_array(coalesce(tg_argv[1], ''), ',');
    hidden text[] := string_to_array(coalesce(tg_argv[2], ''), ',');
    changes jsonb := '{}';
    action text := case tg_op when 'INSERT' then 'created' when 'DELETE' then 'deleted' else 'updated' end;
begin
    if tg_op = 'UPDATE' then
        changes := audit_changes(past, present, hidden);
        if changes = '{}' then
            return null;
        end if;
        if changes ? 'archived_at' then
            action := case when present -> 'archived_at' = 'null' then 'unarchived' else 'archived' end;
        elsif changes ? 'reversed_at' then
            action := 'reversed';
        end if;
    end if;
    perform audit(tg_argv[0] || '.' || action,
                  tg_argv[0] || coalesce(':' || (coalesce(present, past) ->> 'id'), ''),
                  (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(coalesce(present, past)) where key = any(shown))
                  || case when tg_op = 'UPDATE' then jsonb_build_object('changes', changes) else '{}' end);
    return null;
end $$;
comment on function audit_rows is 'enters what was created, changed or deleted into the audit log';

create trigger warehouses_audited after insert or update or delete on warehouses
    for each row execute function audit_rows('warehouse', 'code,name');
create trigger locations_audited after insert or update or delete on locations
    for each row execute function audit_rows('location', 'code,kind,warehouse_id');
create trigger settings_audited after update on settings
    for each row execute function audit_rows('settings');
create trigger goods_receipts_audited after update on goods_receipts
    for each row when (old.reversed_at is null and new.reversed_at is not null)
    execute function audit_rows('goods_receipt', 'number,purchase_order_id');
create trigger supplier_returns_audited_when_new after insert on supplier_returns
    for each row execute function audit_rows('supplier_return', 'number,supplier_id');
create trigger supplier_returns_audited after update on supplier_returns
    for each row when (old.reversed_at is null and new.reversed_at is not null)
    execute function audit_rows('supplier_return', 'number,supplier_id');

create function audit_purchase_orders() returns trigger language plpgsql as $$
begin
    perform audit('purchase_order.' || case r.action
                      when 'create' then 'created' when 'submit' then 'submitted' when 'approve' then 'approved'
                      when 'reject' then 'rejected' when 'order' then 'ordered' when 'cancel' then 'cancelled' when 'close' then 'closed'
                      when 'receive' then 'received' when 'reverse_receipt' then 'receipt_reversed' else r.action end,
                  'purchase_order:' || r.purchase_order_id,
                  jsonb_build_object('number', o.number, 'from_status', r.from_status, 'status', r.status), r.actor)
    from new_rows r join purchase_orders o on o.id = r.purchase_order_id
    order by r.id;
    return null;
end $$;
comment on function audit_purchase_orders is 'enters the steps of purchase orders into the audit log';
create trigger purchase_order_events_audited after insert on purchase_order_events
    referencing new table as new_rows for each statement execute function audit_purchase_orders();

-- A statement about many prices is one entry: the prices themselves are kept, with who and when, in product_prices. The
-- first price of a product comes with it, and is no change.
create function audit_prices() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit('price.' || tg_argv[0],
                  case when count(*) = 1 then 'product:' || min(r.product_id) else 'products' end,
                  case when count(*) = 1
                      then jsonb_build_object('price', min(shown_amount(r.price, r.currency))::text, 'currency', min(r.currency),
                                              'effective_from', min(r.effective_from), 'reason', min(r.reason))
                      else jsonb_build_object('products', count(distinct r.product_id), 'first_product_id', min(r.product_id),
                                              'last_product_id', max(r.product_id), 'reason', min(r.reason)) end,
                  case tg_argv[0] when 'added' then min(r.actor) end)
    from changed_rows r
    where tg_argv[0] <> 'added'
       or exists (select from product_prices b where b.product_id = r.product_id and b.effective_from <> r.effective_from)
    having count(*) > 0;
    return null;
end $$;
comment on function audit_prices is 'enters prices that were added or taken back into the audit log';
create trigger product_prices_audited_when_new after insert on product_prices
    referencing new table as changed_rows for each statement execute function audit_prices('added');
create trigger product_prices_audited_when_changed_1 after update on product_prices
    referencing old table as changed_rows for each statement execute function audit_prices('removed');
create trigger product_prices_audited_when_changed_2 after update on product_prices
    referencing new table as changed_rows for each statement execute function audit_prices('added');
create trigger product_prices_audited_when_removed after delete on product_prices
    referencing old table as changed_rows for each statement execute function audit_prices('removed');

-- A row trigger with a condition: the movements of every day do not call it.
create function audit_reversal() returns trigger language plpgsql as $$
begin
    perform audit('stock_movement.reversed', 'stock_movement:' || new.reverses_movement_id,
                  jsonb_build_object('by_movement_id', new.id, 'reason', new.reason), new.actor);
    return null;
end $$;
comment on function audit_reversal is 'enters reversals of movements into the audit log';
create trigger stock_movements_reversals_audited after insert on stock_movements
    for each row when (new.kind = 'reversal') execute function audit_reversal();
