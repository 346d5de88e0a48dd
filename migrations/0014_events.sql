-- The change feed: everything that happens, in an order in which a reader never skips anything.
--
-- Ids are taken before the commit and become visible with it, so that a reader who goes by them alone misses what commits
-- late. The feed goes by the transaction, and ends where the oldest transaction that is still under way begins:
-- pg_snapshot_xmin(pg_current_snapshot()). What is below that is decided for ever.
--
--   stock_movements  have their transaction in a column: they are many, and immutable, and not written twice
--   events           everything else, written by triggers, so that it also holds for those who use psql
--   event_marks      where the feed stood at which time, every hour: by these it is cut off
--
-- Expand step: safe while the previous release is serving. What that writes is in the feed, too: by the default and the
-- triggers. Movements from before have no transaction and are not in it. Writes wait while the index is made, which reads
-- the movements once.
set local lock_timeout = '2s';

alter table stock_movements add column transaction_id xid8; -- no default yet: no row is written anew
alter table stock_movements alter column transaction_id set default pg_current_xact_id();
create index stock_movements_by_transaction_idx on stock_movements (transaction_id, id) where transaction_id is not null;
comment on column stock_movements.transaction_id is 'which transaction entered it: its place in the change feed; null: before there was one';

create table events (
    transaction_id xid8 not null default pg_current_xact_id(),
    step           smallint not null default 1,
    id             bigint generated always as identity,
    type           text not null,
    actor          one_line not null,
    data           jsonb not null,
    recorded_at    timestamptz not null default clock_timestamp(),
    constraint events_pkey primary key (transaction_id, step, id),
    constraint events_step_is_known check (step in (1, 3)),
    constraint events_type_is_plain check (type ~ '^[a-z_]+[.][a-z_]+$'),
    constraint events_data_is_an_object check (jsonb_typeof(data) = 'object')
);
comment on table events is 'what has changed besides stock, for the change feed; kept as long as settings.event_retention_days says';
comment on column events.transaction_id is 'which transaction did it';
comment on column events.step is 'within a transaction: 1 documents, then (2) movements, then 3 what movements bring about';
comment on column events.id is 'order within a step';
comment on column events.type is 'what happened to what: product.updated; docs/src/events.md lists them';
comment on column events.actor is 'who did it; the database role, where nobody is named';
comment on column events.data is 'what it is about, and what changed';
comment on column events.recorded_at is 'when';

create table event_marks (
    taken_at       timestamptz not null,
    transaction_id xid8 not null,
    expired        boolean not null default false,
    constraint event_marks_pkey primary key (taken_at)
);
create index event_marks_expired_idx on event_marks (transaction_id) where expired;
comment on table event_marks is 'how far the change feed was at which time; by these, old events expire';
comment on column event_marks.taken_at is 'when it was looked';
comment on column event_marks.transaction_id is 'every transaction below had ended then';
comment on column event_marks.expired is 'nothing below is given any more, whatever the settings become';

create function events_refuse_change() returns trigger language plpgsql as $$
begin
    -- Deeper than this function: a trigger of what has changed writes.
    if pg_trigger_depth() = 1 and current_setting('stockbook.ledger', true) is distinct from 'on' then
        raise exception '% is kept by the server and cannot be changed by hand', tg_table_name
            using errcode = 'insufficient_privilege',
                  hint = 'How long events are kept is a setting: PATCH /settings, event_retention_days.';
    end if;
    return null;
end $$;
comment on function events_refuse_change is 'lets triggers and the server write, and nobody else';
create trigger events_by_triggers_only before insert or update or delete or truncate on events
    for each statement execute function events_refuse_change();
create trigger event_marks_by_server_only before insert or update or delete or truncate on event_marks
    for each statement execute function events_refuse_change();

create function event_actor() returns text language sql stable as $$
    select coalesce(nullif(current_setting('stockbook.actor', true), ''), session_user::text)
$$;
comment on function event_actor is 'who acts in this transaction: as the server says, else the database role';

-- Documents: rows with an id. The first argument names them, the others are columns that every event shows.
create function events_of_documents() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    if tg_op = 'UPDATE' then
        insert into events (type, actor, data)
        select tg_argv[0] || '.' || case
                   when changes ? 'status' then d.present ->> 'status'
                   when changes ? 'reversed_by_movement_id' then 'reversed'
                   when archived and changes ? 'archived_at' then 'archived'
                   when changes ? 'archived_at' then 'unarchived'
                   else 'updated' end,
               coalesce(case when tg_argv[0] = 'reservation' then ( -- its movement, which the ledger has just written
                   select m.actor from stock_movements m
                   where m.reference = 'RS-' || lpad(d.id::text, greatest(6, length(d.id::text)), '0')
                     and m.transaction_id = pg_current_xact_id()
                   order by m.id desc limit 1) end, event_actor()),
               (select jsonb_object_agg(key, value) from jsonb_each(d.present) where key in ('id', 'version') or key = any(tg_argv[1:]))
               || jsonb_build_object('changes', changes - 'archived_at')
        from (select n.id, to_jsonb(o) as past, to_jsonb(n) as present, n.* is distinct from o.* as differs
              from new_rows n join old_rows o on o.id = n.id) d
        cross join lateral (
            select coalesce(jsonb_object_agg(n.key, case
                       when length(n.value::text) > 400 or length(o.value::text) > 400 then '{}'::jsonb
                       else jsonb_build_object('from', o.value, 'to', n.value) end), '{}') as changes,
                   d.present -> 'archived_at' <> 'null'::jsonb as archived
            from jsonb_each(d.present) n
            join jsonb_each(d.past) o on o.key = n.key and o.value <> n.value
            where n.key not in ('version', 'updated_at', 'search_text', 'archived')
        ) c
        -- A receipt that is being reversed is so when its movement is there.
        where d.differs and not (changes ? 'reversed_at' and not changes ? 'reversed_by_movement_id')
        order by d.id;
    elsif tg_op = 'INSERT' then
        insert into events (type, actor, data)
        select tg_argv[0] || '.created', coalesce(d.present ->> 'actor', event_actor()),
               (select jsonb_object_agg(key, value) from jsonb_each(d.present) where key in ('id', 'version') or key = any(tg_argv[1:]))
        from (select n.id, to_jsonb(n) as present from new_rows n) d
        order by d.id;
    else
        insert into events (type, actor, data)
        select tg_argv[0] || '.deleted', event_actor(),
               (select jsonb_object_agg(key, value) from jsonb_each(d.past) where key in ('id', 'version') or key = any(tg_argv[1:]))
        from (select o.id, to_jsonb(o) as past from old_rows o) d
        order by d.id;
    end if;
    return null;
end $$;
comment on function events_of_documents is 'enters what was created, changed or deleted into the change feed';

create trigger products_events_of_new after insert on products
    referencing new table as new_rows for each statement execute function events_of_documents('product', 'sku', 'name');
create trigger products_events_of_changed after update on products
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('product', 'sku', 'name');
create trigger products_events_of_deleted after delete on products
    referencing old table as old_rows for each statement execute function events_of_documents('product', 'sku', 'name');
create trigger categories_events_of_new after insert on categories
    referencing new table as new_rows for each statement execute function events_of_documents('category', 'path');
create trigger categories_events_of_changed after update on categories
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('category', 'path');
create trigger categories_events_of_deleted after delete on categories
    referencing old table as old_rows for each statement execute function events_of_documents('category', 'path');
create trigger warehouses_events_of_new after insert on warehouses
    referencing new table as new_rows for each statement execute function events_of_documents('warehouse', 'code', 'name');
create trigger warehouses_events_of_changed after update on warehouses
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('warehouse', 'code', 'name');
create trigger warehouses_events_of_deleted after delete on warehouses
    referencing old table as old_rows for each statement execute function events_of_documents('warehouse', 'code', 'name');
create trigger locations_events_of_new after insert on locations
    referencing new table as new_rows for each statement execute function events_of_documents('location', 'code', 'kind', 'warehouse_id');
create trigger locations_events_of_changed after update on locations
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('location', 'code', 'kind', 'warehouse_id');
create trigger locations_events_of_deleted after delete on locations
    referencing old table as old_rows for each statement execute function events_of_documents('location', 'code', 'kind', 'warehouse_id');
create trigger reservations_events_of_new after insert on reservations
    referencing new table as new_rows for each statement execute function events_of_documents('reservation', 'status', 'reference');
create trigger reservations_events_of_changed after update on reservations
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('reservation', 'status', 'reference');
create trigger goods_receipts_events_of_new after insert on goods_receipts
    referencing new table as new_rows for each statement
    execute function events_of_documents('goods_receipt', 'number', 'purchase_order_id', 'movement_id');
create trigger goods_receipts_events_of_changed after update on goods_receipts
    referencing old table as old_rows new table as new_rows for each statement
    execute function events_of_documents('goods_receipt', 'number', 'purchase_order_id', 'movement_id');

-- Prices have no id and are not changed: a price is added, or taken back. What is done to one by hand is both.
create function events_of_prices() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    insert into events (type, actor, data)
    select 'price.' || tg_argv[0], case tg_argv[0] when 'added' then r.actor else event_actor() end,
           jsonb_build_object('product_id', r.product_id, 'sku', p.sku, 'price', shown_amount(r.price, r.currency)::text,
                              'currency', r.currency, 'effective_from', r.effective_from, 'reason', r.reason,
                              'previous', before.price)
    from changed_rows r
    left join products p on p.id = r.product_id
    left join lateral (
        select jsonb_build_object('price', shown_amount(b.price, b.currency)::text, 'currency', b.currency) as price
        from product_prices b
        where b.product_id = r.product_id and b.effective_from < r.effective_from
        order by b.effective_from desc limit 1
    ) before on true
    order by r.product_id, r.effective_from;
    return null;
end $$;
comment on function events_of_prices is 'enters prices that were added or taken back into the change feed, each with the price before it';
create trigger product_prices_events_of_new after insert on product_prices
    referencing new table as changed_rows for each statement execute function events_of_prices('added');
create trigger product_prices_events_of_changed_1 after update on product_prices
    referencing old table as changed_rows for each statement execute function events_of_prices('removed');
create trigger product_prices_events_of_changed_2 after update on product_prices
    referencing new table as changed_rows for each statement execute function events_of_prices('added');
create trigger product_prices_events_of_removed after delete on product_prices
    referencing old table as changed_rows for each statement execute function events_of_prices('removed');

create function events_of_purchase_orders() returns trigger language plpgsql as $$
begin
    insert into events (type, actor, data)
    select 'purchase_order.' || case r.action
               when 'create' then 'created' when 'submit' then 'submitted' when 'approve' then 'approved'
               when 'reject' then 'rejected' when 'order' then 'ordered' when 'cancel' then 'cancelled' when 'close' then 'closed'
               when 'receive' then 'received' when 'reverse_receipt' then 'receipt_reversed' else r.action end,
           r.actor,
           jsonb_build_object('id', o.id, 'number', o.number, 'supplier_id', o.supplier_id, 'version', o.version,
                              'from_status', r.from_status, 'status', r.status)
    from new_rows r join purchase_orders o on o.id = r.purchase_order_id
    order by r.id;
    return null;
end $$;
comment on function events_of_purchase_orders is 'enters the steps of purchase orders into the change feed';
create trigger purchase_order_events_of_new after insert on purchase_order_events
    referencing new table as new_rows for each statement execute function events_of_purchase_orders();

-- After the movements of their transaction, of which the last one of the product says who did it.
create function events_of_low_stock() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    with undone as ( -- what is low and enough again within one transaction, as with opening stock, has never been low
        delete from events e using changed_rows r
        where e.transaction_id = pg_current_xact_id() and e.step = 3 and e.type = 'low_stock.' || tg_argv[1]
          and e.data -> 'product_id' = to_jsonb(r.product_id)
        returning r.product_id
    )
    insert into events (step, type, actor, data)
    select 3, 'low_stock.' || tg_argv[0], coalesce(movement.actor, event_actor()),
           jsonb_build_object('product_id', r.product_id, 'sku', p.sku, 'available', trim_scale(s.available),
                              'reorder_point', trim_scale(p.reorder_point), 'since', r.since)
    from changed_rows r
    left join products p on p.id = r.product_id
    left join product_stock s on s.product_id = r.product_id
    left join lateral (
        select case when m.transaction_id = pg_current_xact_id() then m.actor end as actor
        from stock_entries e join stock_movements m on m.id = e.movement_id
        where e.product_id = r.product_id
        order by e.movement_id desc limit 1
    ) movement on true
    where r.product_id not in (select product_id from undone)
    order by r.product_id;
    return null;
end $$;
comment on function events_of_low_stock is 'enters what has become low, or is low no longer, into the change feed';
create trigger low_stock_events_of_new after insert on low_stock
    referencing new table as changed_rows for each statement execute function events_of_low_stock('entered', 'left');
create trigger low_stock_events_of_removed after delete on low_stock
    referencing old table as changed_rows for each statement execute function events_of_low_stock('left', 'entered');
