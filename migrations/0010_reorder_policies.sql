-- Reorder policies: when stock is low and how much is ordered then, for a product and for a product in one warehouse.
--
--   products.reorder_point   the point over all warehouses; stays where it is
--   reorder_policies         for one warehouse everything; for a product (the row without a warehouse) what else is settled
--   warehouse_low_stock      which products run low in which warehouse: what low_stock is, by warehouse
--
-- warehouse_low_stock is written as low_stock is, by whoever changes one side of the comparison, under the lock on the
-- product's row of product_stock:
--
--   stock changes                                          the ledger
--   policies are added, changed, deleted; products archived  triggers, so that it also holds for those who use psql
--
-- Expand step: new tables, and triggers that the previous release passes. It moves stock without writing here; what it
-- leaves behind is put right by the next movement of the product.
set local lock_timeout = '2s';

create table reorder_policies (
    id               bigint generated always as identity,
    product_id       bigint not null,
    warehouse_id     bigint,
    reorder_point    quantity,
    safety_stock     quantity not null default 0,
    max_quantity     quantity,
    reorder_quantity quantity,
    version          bigint not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint reorder_policies_pkey primary key (id),
    constraint reorder_policies_product_id_fkey foreign key (product_id) references products (id) on delete cascade,
    constraint reorder_policies_warehouse_id_fkey foreign key (warehouse_id) references warehouses (id) on delete cascade,
    constraint reorder_policies_once_key unique nulls not distinct (product_id, warehouse_id),
    constraint reorder_policies_point_is_of_a_warehouse check ((warehouse_id is null) = (reorder_point is null)),
    constraint reorder_policies_reorder_point_not_negative check (reorder_point >= 0),
    constraint reorder_policies_safety_stock_not_negative check (safety_stock >= 0),
    constraint reorder_policies_max_quantity_not_negative check (max_quantity >= 0),
    -- Also raised by the triggers below, for the point of a product.
    constraint reorder_policies_max_not_below_reorder_point check (max_quantity >= reorder_point),
    constraint reorder_policies_reorder_quantity_is_positive check (reorder_quantity > 0),
    constraint reorder_policies_max_or_reorder_quantity check (max_quantity is null or reorder_quantity is null),
    constraint reorder_policies_version_is_positive check (version > 0)
);
create index reorder_policies_by_warehouse_idx on reorder_policies (warehouse_id, id);
comment on table reorder_policies is 'when a product is low in a warehouse, and how much is ordered then; without a warehouse: over all of them';
comment on column reorder_policies.id is 'key';
comment on column reorder_policies.product_id is 'which product';
comment on column reorder_policies.warehouse_id is 'in which warehouse; null: over all, and then the reorder point is products.reorder_point';
comment on column reorder_policies.reorder_point is 'stock is low when available there is at or below it';
comment on column reorder_policies.safety_stock is 'kept beyond the reorder point where neither max_quantity nor reorder_quantity says how much is ordered';
comment on column reorder_policies.max_quantity is 'order up to this; at most one of this and reorder_quantity';
comment on column reorder_policies.reorder_quantity is 'order so much at a time; at most one of this and max_quantity';
comment on column reorder_policies.version is 'counts the changes of this row; its ETag';
comment on column reorder_policies.created_at is 'when it was added';
comment on column reorder_policies.updated_at is 'when it was last changed';

create table warehouse_low_stock (
    product_id   bigint not null,
    warehouse_id bigint not null,
    since        timestamptz not null,
    constraint warehouse_low_stock_pkey primary key (product_id, warehouse_id),
    -- To the row that whoever writes here has locked. Not to reorder_policies: who deletes a policy would hold it and
    -- wait for that lock, while the ledger holds that lock and waits for the policy.
    constraint warehouse_low_stock_product_id_fkey foreign key (product_id) references product_stock (product_id) on delete cascade
);
create index warehouse_low_stock_by_since_idx on warehouse_low_stock (since, product_id, warehouse_id);
create index warehouse_low_stock_by_warehouse_idx on warehouse_low_stock (warehouse_id, since, product_id);
comment on table warehouse_low_stock is 'the products that run low in a warehouse: a reorder policy there, available there at or below its reorder_point, not archived';
comment on column warehouse_low_stock.product_id is 'which product';
comment on column warehouse_low_stock.warehouse_id is 'where; that of a row of reorder_policies';
comment on column warehouse_low_stock.since is 'when it crossed its reorder point, or the reorder point crossed it';
create trigger warehouse_low_stock_by_ledger_only before insert or update or delete or truncate on warehouse_low_stock
    for each statement execute function refuse_change_by_hand();

-- Low stock ---------------------------------------------------------------------------------------

create function available_in_warehouse(product bigint, warehouse bigint) returns numeric language sql stable as $$
    select coalesce(sum(on_hand - reserved), 0)::numeric from stock_levels
    where product_id = product and warehouse_id = warehouse and kind = 'storage'
$$;
comment on function available_in_warehouse is 'how much of a product can be sold in a warehouse';

create function keep_warehouse_low_stock(changed bigint[]) returns void language plpgsql as $$
declare
    ledger text := coalesce(current_setting('stockbook.ledger', true), '');
begin
    if changed is null then
        return;
    end if;
    -- Until the end of this function, also in a session of psql. A plain owner cannot say so in the function's head.
    perform set_config('stockbook.ledger', 'on', true);
    -- The lock of every stock write, in its order; a product that has none yet gets its row, one that is gone does not.
    insert into product_stock (product_id)
    select id from products where id = any(changed) order by id on conflict (product_id) do nothing;
    perform from product_stock where product_id = any(changed) order by product_id for no key update;
    -- New statements: they see what those who held the locks have written.
    delete from warehouse_low_stock l
    where l.product_id = any(changed) and not exists (
        select from reorder_policies r
        join products p on p.id = r.product_id
        where r.product_id = l.product_id and r.warehouse_id = l.warehouse_id and not p.archived
          and available_in_warehouse(r.product_id, r.warehouse_id) <= r.reorder_point);
    insert into warehouse_low_stock (product_id, warehouse_id, since)
    select r.product_id, r.warehouse_id, clock_timestamp()
    from reorder_policies r
    join products p on p.id = r.product_id
    where r.product_id = any(changed) and r.warehouse_id is not null and not p.archived
      and available_in_warehouse(r.product_id, r.warehouse_id) <= r.reorder_point
    on conflict (product_id, warehouse_id) do nothing;
    perform set_config('stockbook.ledger', ledger, true);
end $$;
comment on function keep_warehouse_low_stock is 'brings warehouse_low_stock of products up to date, under their locks';

create function reorder_policies_keep_low_stock() returns trigger language plpgsql as $$
declare
    changed bigint[];
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct product_id) into changed from new_rows where warehouse_id is not null;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct product_id) into changed from old_rows where warehouse_id is not null;
    else
        select array_agg(distinct product_id) into changed
        from (select product_id, warehouse_id from old_rows union all select product_id, warehouse_id from new_rows) t
        where warehouse_id is not null;
    end if;
    perform keep_warehouse_low_stock(changed);
    return null;
end $$;
comment on function reorder_policies_keep_low_stock is 'keeps warehouse_low_stock true when policies are added, changed or deleted';
create trigger reorder_policies_keep_low_stock_of_new after insert on reorder_policies
    referencing new table as new_rows
    for each statement execute function reorder_policies_keep_low_stock();
create trigger reorder_policies_keep_low_stock_of_changed after update on reorder_policies
    referencing old table as old_rows new table as new_rows
    for each statement execute function reorder_policies_keep_low_stock();
create trigger reorder_policies_keep_low_stock_of_deleted after delete on reorder_policies
    referencing old table as old_rows
    for each statement execute function reorder_policies_keep_low_stock();

create function products_keep_warehouse_low_stock() returns trigger language plpgsql as $$
declare
    changed bigint[];
begin
    select array_agg(n.id) into changed
    from new_rows n
    join old_rows o on o.id = n.id
    where (n.archived_at is null) <> (o.archived_at is null)
      and exists (select from reorder_policies r where r.product_id = n.id and r.warehouse_id is not null);
    perform keep_warehouse_low_stock(changed);
    return null;
end $$;
comment on function products_keep_warehouse_low_stock is 'keeps warehouse_low_stock true when products are archived, or sold again';
create trigger products_keep_warehouse_low_stock after update on products
    referencing old table as old_rows new table as new_rows
    for each statement execute function products_keep_warehouse_low_stock();

-- A closed warehouse is not replenished.
create function warehouses_end_reorder_policies() returns trigger language plpgsql as $$
begin
    delete from reorder_policies where warehouse_id = new.id;
    return null;
end $$;
comment on function warehouses_end_reorder_policies is 'deletes the reorder policies of a warehouse that is closed';
create trigger warehouses_end_reorder_policies after update on warehouses
    for each row when (old.archived_at is null and new.archived_at is not null)
    execute function warehouses_end_reorder_policies();

-- The maximum is not below the point, also where the point is that of the product ------------------

create function reorder_policies_check_max() returns trigger language plpgsql as $$
declare
    point numeric;
begin
    -- Whoever changes the product's point holds the same row.
    select reorder_point into point from products where id = new.product_id for no key update;
    if new.max_quantity < point then
        raise exception 'max_quantity % is below the reorder point of the product, %', new.max_quantity, point
            using errcode = 'check_violation', constraint = 'reorder_policies_max_not_below_reorder_point';
    end if;
    return new;
end $$;
comment on function reorder_policies_check_max is 'refuses a maximum below the reorder point of the product';
create trigger reorder_policies_check_max before insert or update on reorder_policies
    for each row when (new.warehouse_id is null and new.max_quantity is not null)
    execute function reorder_policies_check_max();

create function products_check_reorder_point() returns trigger language plpgsql as $$
declare
    most numeric;
begin
    select max_quantity into most from reorder_policies
    where product_id = new.id and warehouse_id is null and max_quantity < new.reorder_point;
    if found then
        raise exception 'reorder_point % is above the maximum of the product''s reorder policy, %', new.reorder_point, most
            using errcode = 'check_violation', constraint = 'reorder_policies_max_not_below_reorder_point';
    end if;
    return new;
end $$;
comment on function products_check_reorder_point is 'refuses a reorder point above the maximum of the product''s reorder policy';
create trigger products_check_reorder_point before update of reorder_point on products
    for each row when (new.reorder_point is distinct from old.reorder_point)
    execute function products_check_reorder_point();

-- For people. The server does not use it. -----------------------------------------------------------

create view warehouse_low_stock_overview as
select p.sku, p.name, w.code as warehouse, available_in_warehouse(l.product_id, l.warehouse_id) as available, r.reorder_point,
       p.unit, l.since
from warehouse_low_stock l
join products p on p.id = l.product_id
join warehouses w on w.id = l.warehouse_id
join reorder_policies r on r.product_id = l.product_id and r.warehouse_id = l.warehouse_id;
comment on view warehouse_low_stock_overview is 'what runs low in which warehouse, with how much there is';
comment on column warehouse_low_stock_overview.sku is 'stock keeping unit';
comment on column warehouse_low_stock_overview.name is 'name of the product';
comment on column warehouse_low_stock_overview.warehouse is 'code of the warehouse';
comment on column warehouse_low_stock_overview.available is 'can be sold there';
comment on column warehouse_low_stock_overview.reorder_point is 'stock is low when available is at or below it';
comment on column warehouse_low_stock_overview.unit is 'what the quantities count';
comment on column warehouse_low_stock_overview.since is 'since when it is low';
