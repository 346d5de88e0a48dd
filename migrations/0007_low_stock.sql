-- Low stock: which products are at or below their reorder point, since when.
--
-- A table of its own, because an index on product_stock.available would cost every stock write its HOT update. It is
-- written in the transaction that crosses the threshold, under the lock on the product's row of product_stock:
--
--   stock changes                        the ledger
--   products are added, edited, archived a trigger on products, so that it also holds for those who use psql
--
-- Expand step: safe while the previous release is serving. That one moves stock without writing here; what it leaves
-- behind is put right by the next movement of the product.
set local lock_timeout = '2s';

create table low_stock (
    product_id bigint not null,
    since      timestamptz not null,
    constraint low_stock_pkey primary key (product_id)
);
create index low_stock_by_since_idx on low_stock (since, product_id);
comment on table low_stock is 'the products that run low: available <= reorder_point and not archived; how much there is stands in product_stock';
comment on column low_stock.product_id is 'which product';
comment on column low_stock.since is 'when it crossed its reorder point, or the reorder point crossed it';

-- What runs low already. Before the locks below are taken, because it reads all products.
set local stockbook.ledger = 'on';
insert into product_stock (product_id)
select id from products where reorder_point is not null order by id
on conflict (product_id) do nothing;
insert into low_stock (product_id, since)
select p.id, now()
from products p
join product_stock s on s.product_id = p.id
where s.available <= p.reorder_point and not p.archived;
set local stockbook.ledger = 'off';

-- To the row that whoever writes here has locked, not to products: no lock is taken against the order of locks.
alter table low_stock add constraint low_stock_product_id_fkey
    foreign key (product_id) references product_stock (product_id) on delete cascade;
create trigger low_stock_by_ledger_only before insert or update or delete or truncate on low_stock
    for each statement execute function refuse_change_by_hand();

create function products_keep_low_stock() returns trigger language plpgsql as $$
declare
    changed bigint[];
    ledger text := coalesce(current_setting('stockbook.ledger', true), '');
begin
    if tg_op = 'INSERT' then
        select array_agg(id) into changed from new_rows where reorder_point is not null;
    else
        select array_agg(n.id) into changed
        from new_rows n
        join old_rows o on o.id = n.id
        where n.reorder_point is distinct from o.reorder_point or (n.archived_at is null) <> (o.archived_at is null);
    end if;
    if changed is null then
        return null;
    end if;
    -- Until the end of this function, also in a session of psql. A plain owner cannot say so in the function's head.
    perform set_config('stockbook.ledger', 'on', true);
    -- The lock of every stock write, in its order; a product that has none yet gets its row.
    insert into product_stock (product_id) select unnest(changed) order by 1 on conflict (product_id) do nothing;
    perform from product_stock where product_id = any(changed) order by product_id for no key update;
    -- New statements: they see what those who held the locks have written.
    delete from low_stock l using products p, product_stock s
    where l.product_id = any(changed) and p.id = l.product_id and s.product_id = l.product_id
      and (p.archived or (s.available <= p.reorder_point) is not true);
    insert into low_stock (product_id, since)
    select p.id, clock_timestamp()
    from products p
    join product_stock s on s.product_id = p.id
    where p.id = any(changed) and s.available <= p.reorder_point and not p.archived
    on conflict (product_id) do nothing;
    perform set_config('stockbook.ledger', ledger, true);
    return null;
end $$;
comment on function products_keep_low_stock is 'keeps low_stock true when products are added, archived, or get another reorder point';
create trigger products_keep_low_stock_of_new after insert on products
    referencing new table as new_rows
    for each statement execute function products_keep_low_stock();
create trigger products_keep_low_stock_of_changed after update on products
    referencing old table as old_rows new table as new_rows
    for each statement execute function products_keep_low_stock();

create view low_stock_overview as
select p.sku, p.name, c.path as category, s.available, s.incoming, p.reorder_point, p.unit, l.since
from low_stock l
join products p on p.id = l.product_id
join product_stock s on s.product_id = l.product_id
join categories c on c.id = p.category_id;
comment on view low_stock_overview is 'what runs low, with how much there is and how much is on its way';
comment on column low_stock_overview.sku is 'stock keeping unit';
comment on column low_stock_overview.name is 'name of the product';
comment on column low_stock_overview.category is 'path of its category';
comment on column low_stock_overview.available is 'can be sold';
comment on column low_stock_overview.incoming is 'ordered from suppliers, not yet received';
comment on column low_stock_overview.reorder_point is 'stock is low when available is at or below it';
comment on column low_stock_overview.unit is 'what the quantities count';
comment on column low_stock_overview.since is 'since when it is low';
