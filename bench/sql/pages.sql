-- A large shop, after stockbook.sql with :products products: ten warehouses with a level of each product in each, receipts of
-- the last year for every level and issues of the last 120 days for half of them. Every fifth product runs low over all
-- warehouses and every fifth in one of them; of half of these enough is on order. Figures and stamps agree; chains are any
-- 32 bytes. Everything follows from row numbers.
set stockbook.ledger = 'on';
set session_replication_role = replica;
set maintenance_work_mem = '512MB';

create temp table indexes as -- built afterwards, which is faster
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
from pg_index
where indrelid in ('stock_levels'::regclass, 'stock_movements'::regclass, 'stock_entries'::regclass)
  and not exists (select from pg_constraint where conindid = indexrelid);
do $$ declare name text; begin
    for name in select i.name from indexes i loop execute format('drop index %s', name); end loop;
end $$;

insert into warehouses (id, code, name, priority) overriding system value
select 100 + i, 'W' || i, 'Warehouse ' || i, 100 + i from generate_series(1, 10) i;
insert into locations (id, warehouse_id, code, kind, is_default) overriding system value
select id, id, 'STOCK', 'storage', true from warehouses where id > 100;

-- One movement has five lines. Receipts of 20 in the first 245 days of a year, issues of 1 to 8 in its last 120 days.
create temp table moved as
select m, m > :products * 2::bigint as is_issue,
       case when m <= :products * 2::bigint
            then now() - interval '365 days' + m * (interval '245 days' / (:products * 2::bigint))
            else now() - interval '120 days' + (m - :products * 2::bigint) * (interval '119 days' / :products)
       end as at
from generate_series(1, 3 * :products::bigint) m;
insert into stock_movements (id, kind, actor, occurred_at, recorded_at) overriding system value
select m, case when is_issue then 'issue' else 'receipt' end, 'bench', at, at from moved;
create temp table lines as
select 1 + (e - 1) / 5 as m, 1 + (e - 1) % :products as product, 101 + (e - 1) / :products as place, 1 as seq, 20 as delta
from generate_series(1, 10 * :products::bigint) e
union all
select 2 * :products + 1 + (e - 1) / 5, 1 + (e - 1) % :products, 101 + (e - 1) / :products, 2, -(1 + (e * 7919) % 8)
from generate_series(1, 5 * :products::bigint) e;
insert into stock_entries (product_id, location_id, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta, reserved_after,
                           unit_cost, occurred_at, recorded_at, chain)
select l.product, l.place, l.seq, l.m, l.delta, case l.seq when 1 then 20 else 20 + l.delta end, 0, 0,
       case when l.seq = 1 and l.product % 10 < 9 then (1 + (l.product * 31 + l.place) % 4000)::numeric / 100 end, v.at, v.at,
       sha256((l.m * 5 + l.place)::text::bytea)
from lines l join moved v on v.m = l.m;
insert into stock_levels (product_id, location_id, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
select distinct on (product_id, location_id) product_id, location_id, location_id, 'storage', on_hand_after, 0, seq, chain, recorded_at
from stock_entries order by product_id, location_id, seq desc;
insert into product_stock (product_id, on_hand, available)
select product_id, sum(on_hand), sum(on_hand) from stock_levels group by product_id;

update products set reorder_point = 300 where id % 5 = 0;
insert into reorder_policies (product_id, warehouse_id, reorder_point, max_quantity)
select i, 101 + i % 10, 100, 200 from generate_series(2, :products, 5) i;
insert into low_stock (product_id, since) select id, now() - id * interval '1 s' from products where id % 5 = 0;
insert into warehouse_low_stock (product_id, warehouse_id, since)
select product_id, warehouse_id, now() - product_id * interval '1 s' from reorder_policies;

insert into suppliers (id, code, name, currency, lead_time_days) overriding system value
select i, 'SUP-' || i, 'Supplier ' || i, 'EUR', i % 30 from generate_series(1, 300) i;
insert into supplier_products (id, supplier_id, product_id, moq, order_multiple) overriding system value
select i, 1 + i % 300, i, 10, 5 from generate_series(1, :products) i;
insert into supplier_product_costs (supplier_product_id, min_quantity, effective_from, unit_cost, currency, actor)
select i, least, now() - interval '200 days', (1 + i % 900)::numeric / 10, 'EUR', 'bench'
from generate_series(1, :products) i cross join (values (0), (100)) b (least);
-- Every second product that runs low is in an order of ten lines, and so is not due.
insert into purchase_orders (id, supplier_id, warehouse_id, currency, status) overriding system value
select i, 1 + i % 300, 101 + i % 10, 'EUR', 'ordered' from generate_series(1, :products / 10) i;
insert into purchase_order_lines (purchase_order_id, product_id, quantity, open, unit_cost)
select 1 + i % (:products / 10), i, 500, 500, 5 from generate_series(1, :products) i where i % 10 in (2, 5);
update purchase_orders o set warehouse_id = p.warehouse_id
from purchase_order_lines l join reorder_policies p on p.product_id = l.product_id where l.purchase_order_id = o.id;

do $$ declare definition text; begin
    for definition in select i.definition from indexes i loop execute definition; end loop;
end $$;
select setval(pg_get_serial_sequence('stock_movements', 'id'), 3 * :products::bigint);
vacuum analyze;
