-- Stock of a shop for the web app, after stockbook.sql: all of :products products lie in one warehouse, received within the
-- last 90 days in movements of five lines; of every tenth 1 to 8 went out within the last 30. Every hundredth runs low, and
-- of these every tenth is in an order on its way. Figures and stamps agree; chains are any 32 bytes.
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

create temp table moved as
select m, m > :products / 5 as is_issue,
       case when m <= :products / 5
            then now() - interval '90 days' + m * (interval '60 days' / (:products / 5))
            else now() - interval '30 days' + (m - :products / 5) * (interval '30 days' / (:products / 50))
       end as at
from generate_series(1, :products / 5 + :products / 50) m;
insert into stock_movements (id, kind, actor, occurred_at, recorded_at) overriding system value
select m, case when is_issue then 'issue' else 'receipt' end, 'bench', at, at from moved;
create temp table lines as
select 1 + (p - 1) / 5 as m, p as product, 1 as seq, 20 as delta from generate_series(1, :products) p
union all
select :products / 5 + 1 + (i - 1) / 5, i * 10, 2, -(1 + i * 7919 % 8) from generate_series(1, :products / 10) i;
insert into stock_entries (product_id, location_id, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta, reserved_after,
                           unit_cost, occurred_at, recorded_at, chain)
select l.product, 1, l.seq, l.m, l.delta, case l.seq when 1 then 20 else 20 + l.delta end, 0, 0,
       case l.seq when 1 then (1 + l.product * 31 % 4000)::numeric / 100 end, v.at, v.at, sha256((l.m * 5 + l.seq)::text::bytea)
from lines l join moved v on v.m = l.m;
insert into stock_levels (product_id, location_id, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
select distinct on (e.product_id) e.product_id, l.id, l.warehouse_id, l.kind, e.on_hand_after, 0, e.seq, e.chain, e.recorded_at
from stock_entries e join locations l on l.id = e.location_id order by e.product_id, e.seq desc;
insert into product_stock (product_id, on_hand, available) select product_id, on_hand, on_hand from stock_levels;
update products set reorder_point = 30 where id % 100 = 0;
insert into low_stock (product_id, since) select id, now() - id * interval '1 s' from products where id % 100 = 0;

insert into suppliers (id, code, name, currency, lead_time_days) overriding system value
select i, 'SUP-' || i, 'Supplier ' || i, 'EUR', i % 30 from generate_series(1, 300) i;
insert into purchase_orders (id, supplier_id, warehouse_id, currency, status) overriding system value
select i, 1 + i % 300, 1, 'EUR', 'ordered' from generate_series(1, :products / 10000) i;
insert into purchase_order_lines (purchase_order_id, product_id, quantity, open, unit_cost)
select 1 + i % (:products / 10000), i * 1000, 50, 50, 5 from generate_series(1, :products / 1000) i;

do $$ declare definition text; begin
    for definition in select i.definition from indexes i loop execute definition; end loop;
end $$;
select setval(pg_get_serial_sequence('stock_movements', 'id'), max(id)) from stock_movements;
select setval(pg_get_serial_sequence('suppliers', 'id'), max(id)) from suppliers;
select setval(pg_get_serial_sequence('purchase_orders', 'id'), max(id)) from purchase_orders;
select report_progress_begin();
vacuum analyze;
