-- A shop of 100,000 products: 500 categories, 4 warehouses, 200,000 levels, 250,000 movements, 300,000 entries; 300
-- suppliers, 20,000 orders, 15,000 receipts, 3,000 returns.
-- For plans only: totals and chains are made up. Everything follows from row numbers, nothing is random.

-- No triggers: neither guards nor foreign keys. No log: the planner does not mind.
set session_replication_role = replica;
alter table reservation_lines set unlogged;
alter table reservations set unlogged;
alter table stock_transfer_events set unlogged;
alter table stock_transfer_parts set unlogged;
alter table stock_transfer_lines set unlogged;
alter table stock_transfers set unlogged;
alter table supplier_return_lines set unlogged;
alter table supplier_returns set unlogged;
alter table goods_receipt_lines set unlogged;
alter table goods_receipts set unlogged;
alter table purchase_order_events set unlogged;
alter table purchase_order_lines set unlogged;
alter table purchase_orders set unlogged;
alter table supplier_product_costs set unlogged;
alter table supplier_products set unlogged;
alter table low_stock set unlogged;
alter table warehouse_low_stock set unlogged;
alter table reorder_policies set unlogged;
alter table events set unlogged;
alter table movement_days set unlogged;
alter table product_days set unlogged;
alter table stock_value_days set unlogged;
alter table event_marks set unlogged;
alter table stock_entries set unlogged;
alter table stock_movements set unlogged;
alter table stock_levels set unlogged;
alter table product_stock set unlogged;
alter table product_prices set unlogged;
alter table products set unlogged;
set maintenance_work_mem = '256MB';
set work_mem = '64MB';

-- Transactions that have ended; there were not many yet, so that each did a lot.
create function pg_temp.feed_place(i bigint) returns xid8 language sql immutable as $$ select (3 + i / 500)::text::xid8 $$;

-- Indexes are built afterwards, which is faster.
create temp table indexes as
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
from pg_index
where indrelid in ('products'::regclass, 'product_prices'::regclass, 'stock_levels'::regclass,
                   'stock_movements'::regclass, 'stock_entries'::regclass)
  and not exists (select from pg_constraint where conindid = indexrelid);
do $$ declare name text; begin
    for name in select i.name from indexes i loop execute format('drop index %s', name); end loop;
end $$;

-- 20 at the top, 12 below each, one below each of those.
insert into categories (id, parent_id, name, path) overriding system value
select i, null, 'Range ' || i, 'Range ' || i from generate_series(1, 20) i;
insert into categories (id, parent_id, name, path) overriding system value
select 100 + i, p.id, 'Group ' || i, p.path || '/Group ' || i
from generate_series(1, 240) i join categories p on p.id = 1 + i % 20;
insert into categories (id, parent_id, name, path) overriding system value
select 1000 + i, p.id, 'Sort ' || i, p.path || '/Sort ' || i
from generate_series(1, 240) i join categories p on p.id = 100 + i;

insert into products (id, sku, name, description, category_id, barcode, unit, reorder_point, archived_at, created_at, updated_at)
overriding system value
select i, 'SKU-' || lpad(i::text, 6, '0'),
       (array['Steel', 'Glass', 'Wooden', 'Copper', 'Paper', 'Linen', 'Rubber', 'Silver', 'Marble', 'Bamboo',
              'Cotton', 'Leather', 'Plastic', 'Ceramic', 'Iron', 'Velvet', 'Cork', 'Stone', 'Woollen', 'Brass'])[1 + i % 20]
       || ' ' ||
       (array['kettle', 'cup', 'plate', 'lamp', 'chair', 'table', 'box', 'basket', 'mirror', 'clock',
              'vase', 'candle', 'bowl', 'jug', 'spoon', 'knife', 'board', 'tray', 'hook', 'shelf', 'rug', 'bell', 'frame'])[1 + i % 23]
       || ' ' || i,
       'Product number ' || i, 1001 + i % 240, case when i % 2 = 0 then (4000000000000 + i)::text end, 'each',
       case when i % 5 = 0 then i % 50 end,
       case when i % 25 = 0 then '2026-06-01'::timestamptz + i * interval '1 s' end,
       '2024-01-01'::timestamptz + i * interval '10 minutes',
       -- not in the order of the rows
       '2024-01-01'::timestamptz + (i::bigint * 7919 % 100000) * interval '10 minutes'
from generate_series(1, 100000) i;

-- One price each, and an earlier one for every third.
insert into product_prices (product_id, effective_from, price, currency, actor, created_at)
select i, p.created_at, (1 + i::bigint * 104729 % 99999) / 100.0, 'EUR', 'test', p.created_at
from generate_series(1, 100000) i join products p on p.id = i
union all
select i, p.created_at - interval '1 day', (1 + i::bigint * 1299709 % 99999) / 100.0, 'EUR', 'test', p.created_at
from generate_series(3, 100000, 3) i join products p on p.id = i;

-- One with 400 locations and most of the stock, one with 200, one that is new and has little, and the one that the
-- schema brings, which is empty.
insert into warehouses (id, code, name, priority) overriding system value
values (10, 'NORTH', 'North', 10), (11, 'SOUTH', 'South', 20), (12, 'NEW', 'New', 30);
insert into locations (id, warehouse_id, code, kind, is_default) overriding system value
select 1000 + i, 10, 'N-' || i, case when i % 40 = 0 then 'hold' else 'storage' end, i = 1 from generate_series(1, 400) i
union all
select 2000 + i, 11, 'S-' || i, case when i % 40 = 0 then 'receiving' else 'storage' end, i = 1 from generate_series(1, 200) i
union all
select 3000 + i, 12, 'X-' || i, 'storage', i = 1 from generate_series(1, 20) i;

-- Every product has a level in the north; most have one in the south, a few in the new warehouse.
create temp table levels as
select i as product_id, 1001 + i % 400 as location_id, 10 as warehouse_id from generate_series(1, 100000) i
union all
select i, 2001 + i % 200, 11 from generate_series(1, 99700) i
union all
select i, 3001 + i % 20, 12 from generate_series(99701, 100000) i;
insert into stock_levels (product_id, location_id, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
select v.product_id, v.location_id, v.warehouse_id, l.kind, v.product_id % 90, 0, 1,
       sha256(v.product_id::text::bytea), '2026-01-01'::timestamptz + v.product_id * interval '1 minute'
from levels v join locations l on l.id = v.location_id;
insert into product_stock (product_id, on_hand, available)
select product_id, sum(on_hand), coalesce(sum(on_hand) filter (where kind = 'storage'), 0) from stock_levels group by product_id;
-- What runs low, since times that are not in the order of the rows.
insert into low_stock (product_id, since)
select p.id, '2026-01-01'::timestamptz + (p.id * 7919 % 100000) * interval '1 minute'
from products p join product_stock s on s.product_id = p.id where s.available <= p.reorder_point and not p.archived;

-- A seventh of the products is watched in the north, a tenth of these in the south, too.
insert into reorder_policies (product_id, warehouse_id, reorder_point, max_quantity, reorder_quantity)
select i, 10, i % 50, case when i % 3 = 0 then 100 end, case when i % 3 = 1 then 24 end from generate_series(7, 100000, 7) i
union all
select i, 11, i % 60, null, null from generate_series(70, 100000, 70) i;
insert into warehouse_low_stock (product_id, warehouse_id, since)
select r.product_id, r.warehouse_id, '2026-01-01'::timestamptz + (r.product_id * 7907 % 100000) * interval '1 minute'
from reorder_policies r
join products p on p.id = r.product_id and not p.archived
left join stock_levels l on l.product_id = r.product_id and l.warehouse_id = r.warehouse_id and l.kind = 'storage'
group by r.id having coalesce(sum(l.on_hand), 0) <= r.reorder_point;

-- The first movements made the levels; later ones were about one level each, and one in five of these about product 7.
-- Few of them were counts, and reversals.
insert into stock_movements (id, kind, reason, reference, actor, occurred_at, recorded_at, reverses_movement_id, transaction_id)
overriding system value
select i,
       case when i <= 150000 then 'receipt' when i % 1000 = 0 then 'count' when i % 5000 = 1 then 'reversal'
            when i % 10 = 3 then 'adjustment' else 'issue' end,
       case when i % 10 in (0, 1, 3) then 'why' end, case when i % 3 = 0 then 'ORDER-' || i / 30 end, 'test',
       -- One in ten about product 7 is dated back.
       '2026-01-01'::timestamptz + i * interval '1 minute' - case when i > 150000 and i % 50 = 0 then (1 + i % 7) * interval '1 hour' else '0' end,
       '2026-01-01'::timestamptz + i * interval '1 minute',
       case when i > 150000 and i % 1000 <> 0 and i % 5000 = 1 then i - 100 end,
       case when i > 50000 then pg_temp.feed_place(i) end -- the first came before there was a feed
from generate_series(1, 250000) i;
with lines as (
    select product_id, location_id, 1 + (row_number() over (order by product_id, location_id) - 1) * 3 / 4 as movement_id, 1 as seq
    from levels
    union all
    select 7, 1008, movement_id, row_number() over (order by movement_id) + 1
    from generate_series(150001, 250000) movement_id where movement_id % 5 = 0
    union all
    select product_id, 1001 + product_id % 400, movement_id, 2
    from (select movement_id, 1000 + row_number() over (order by movement_id) as product_id
          from generate_series(150001, 250000) movement_id where movement_id % 5 <> 0) later
)
insert into stock_entries (product_id, location_id, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta,
                           reserved_after, unit_cost, occurred_at, recorded_at, chain)
select l.product_id, l.location_id, l.seq, l.movement_id, 1, 1, 0, 0, 2.5, m.occurred_at, m.recorded_at,
       sha256(l.movement_id::text::bytea)
from lines l join stock_movements m on m.id = l.movement_id;

-- 300 suppliers. Number 1 has a third of the products and of the orders, the last ones have few.
create temp table shares as
select i, case when i % 3 = 0 then 1 else 2 + floor(290 * ((i::bigint * 7919 % 100000) / 100000.0) ^ 2)::int end as supplier_id
from generate_series(1, 100000) i;
insert into suppliers (id, code, name, currency, archived_at) overriding system value
select i, 'S-' || i, 'Supplier ' || i * 7919 % 300, 'EUR', case when i > 295 then now() end from generate_series(1, 300) i;
insert into supplier_products (id, supplier_id, product_id, supplier_sku) overriding system value
select i, supplier_id, i, 'X-' || i from shares;
insert into supplier_product_costs (supplier_product_id, min_quantity, effective_from, unit_cost, currency, actor)
select i, 10 * (n % 2), '2026-01-01'::timestamptz + n * interval '1 day', n + 1, 'EUR', 'test'
from generate_series(1, 100000) i, generate_series(0, case when i = 7 then 2000 else 1 end) n;
-- Most orders are closed, a few are under way; they go to the north but for one in fifty.
insert into purchase_orders (id, supplier_id, warehouse_id, currency, status) overriding system value
select i, supplier_id, case when i % 50 = 0 then 12 else 10 end, 'EUR',
       case when i <= 19000 then 'closed' when i % 100 = 0 then 'draft' else 'ordered' end
from shares where i <= 20000;
insert into purchase_order_lines (purchase_order_id, product_id, quantity, received, open, unit_cost)
select i, 1 + (i * 3 + n) % 100000, 10, case when i <= 15000 then 10 else 0 end, case when i <= 15000 then 0 else 10 end, 2.5
from generate_series(1, 20000) i, generate_series(1, 3) n;
insert into purchase_order_events (purchase_order_id, action, status, actor)
select i, 'create', 'draft', 'test' from generate_series(1, 20000) i;
insert into goods_receipts (id, purchase_order_id, movement_id, actor) overriding system value
select i, i, i, 'test' from generate_series(1, 15000) i;
insert into goods_receipt_lines (goods_receipt_id, purchase_order_id, purchase_order_line_id, location_id, quantity, unit_cost)
select purchase_order_id, purchase_order_id, id, 1001, 10, 2.5 from purchase_order_lines where purchase_order_id <= 15000;
insert into supplier_returns (id, supplier_id, purchase_order_id, goods_receipt_id, movement_id, reason, currency, actor)
overriding system value
select i, o.supplier_id, i, i, 200000 + i, 'damaged', 'EUR', 'test'
from generate_series(1, 3000) i join purchase_orders o on o.id = i;
insert into supplier_return_lines (supplier_return_id, product_id, location_id, quantity, unit_cost)
select i, 1 + (i * 3 + 1) % 100000, 1001, 1, 2.5 from generate_series(1, 3000) i;
-- Every third product has a second supplier; every hundredth product is in an open order, every thirtieth in a draft.
insert into supplier_products (id, supplier_id, product_id, moq, order_multiple, preferred) overriding system value
select 100000 + s.product_id, 1 + s.supplier_id % 290, s.product_id, 10, 5, true from supplier_products s where s.product_id % 3 = 0;
insert into supplier_product_costs (supplier_product_id, min_quantity, effective_from, unit_cost, currency, actor)
select id, break, '2026-01-01', 5 - break / 50.0, 'EUR', 'test' from supplier_products, generate_series(0, 100, 100) break
where id > 100000;
insert into purchase_orders (id, supplier_id, warehouse_id, currency, status) overriding system value
select 30000 + i, 100 + i % 150, case when i % 2 = 0 then 10 else 11 end, 'EUR', case when i <= 40 then 'draft' else 'ordered' end
from generate_series(1, 1600) i;
insert into purchase_order_lines (purchase_order_id, product_id, quantity, received, open, unit_cost)
select 30000 + i, 1 + (i * 7 + line * 5) % 100000, 20, 0, 20, 5 from generate_series(1, 1600) i, generate_series(1, 10) line;

-- Most reservations are over; a hot product is held by thousands.
insert into reservations (id, status, reference, actor, created_at, updated_at) overriding system value
select i, case when i % 10 = 0 then 'active' else 'fulfilled' end, 'ORDER-' || i, 'test', now(), now() from generate_series(1, 60000) i;
insert into reservation_lines (reservation_id, line, product_id, location_id, lot, quantity, fulfilled)
select i, 1, l.product_id, l.location_id, l.lot, 1, case when i % 10 = 0 then 0 else 1 end
from generate_series(1, 60000) i
cross join lateral (select product_id, location_id, lot from stock_levels
                    where product_id = case when i % 20 = 0 then 7 else 1 + i % 100000 end limit 1) l;

-- 30,000 transfers, of which few are drafts or on their way, and few touch the new warehouse; one in ten moves product 7.
insert into stock_transfers (id, status, from_warehouse_id, to_warehouse_id, transit_location_id, created_at, updated_at)
overriding system value
select i, case when i % 1000 = 0 then 'in_transit' when i % 1500 = 1 then 'draft' else 'received' end,
       case when i % 3 = 0 then 11 else 10 end, case when i % 3000 = 7 then 12 when i % 3 = 0 then 10 else 11 end, 3001,
       '2026-01-01'::timestamptz + i * interval '1 minute', '2026-01-01'::timestamptz + i * interval '1 minute'
from generate_series(1, 30000) i;
insert into stock_transfer_lines (stock_transfer_id, line, product_id, quantity)
select i, 1, case when i % 10 = 0 then 7 else 1000 + i end, 1 from generate_series(1, 30000) i
union all
select i, 2, 40000 + i, 1 from generate_series(1, 30000) i;

-- Events and hourly marks of a year, in transactions that have ended.
insert into events (transaction_id, type, actor, data, recorded_at)
select pg_temp.feed_place(50000 + i), case when i % 3 = 0 then 'price.added' else 'product.updated' end, 'test', '{}', now() - interval '1 day'
from generate_series(1, 200000) i;
insert into event_marks (taken_at, transaction_id, expired)
select now() - i * interval '1 hour', pg_temp.feed_place(250000 - i * 20), i > 8700 from generate_series(1, 8760) i;

-- Figures of two years: of each day for sixty products, and for five warehouses and over all.
insert into product_days (day, product_id, quantity_in, quantity_out)
select current_date - back, 1 + (back * 37 + n * 991) % 100000, n, 1 + n * 7 % 90 from generate_series(0, 730) back, generate_series(1, 60) n;
insert into movement_days (day, warehouse_id, quantity_in, quantity_out, movements)
select current_date - back, place, 10, 20, 30 from generate_series(0, 730) back, unnest(array[null, 1, 10, 11, 12]) place;
insert into stock_value_days (day, currency, at_cost, at_price, products, units, products_without_cost, units_without_cost,
                              products_without_price, computed_at)
select current_date - back, 'EUR', 1, 2, 3, 4, 0, 0, 0, now() from generate_series(0, 730) back;

-- What 50 people have done in two years, in 200,000 entries of 40 kinds.
insert into audit_log (recorded_at, actor, actor_kind, action, target, detail)
select now() - i * interval '5 minutes', 'person ' || i % 50, 'person', 'thing.done_' || chr(97 + i % 40 / 26) || chr(97 + i % 26),
       'product:' || i * 7919 % 100000, '{}'
from generate_series(1, 200000) i;

do $$ declare definition text; begin
    for definition in select i.definition from indexes i loop execute definition; end loop;
end $$;
