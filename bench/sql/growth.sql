-- Stock with a history, after stockbook.sql: a level for each of :products products and ten entries each, in movements of
-- five lines: one receipt, then nine issues of 1. Figures and stamps agree; chains are any 32 bytes, so that `verify`
-- reports each of them.
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

create function pg_temp.stamp(movement bigint) returns timestamptz language sql immutable as
$$ select timestamptz '2024-01-01 00:00+00' + movement * interval '1 ms' $$;
create function pg_temp.received(product bigint) returns numeric language sql immutable as
$$ select case when product <= 2 then 900000000 else 1000000 end $$;

insert into stock_movements (id, kind, actor, occurred_at, recorded_at) overriding system value
select m, case when m <= :products / 5 then 'receipt' else 'issue' end, 'bench', pg_temp.stamp(m), pg_temp.stamp(m)
from generate_series(1, 2 * :products::bigint) m;
insert into stock_entries (product_id, location_id, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta, reserved_after,
                           occurred_at, recorded_at, chain)
select product, 1, seq, m, case seq when 1 then pg_temp.received(product) else -1 end, pg_temp.received(product) - (seq - 1), 0, 0,
       pg_temp.stamp(m), pg_temp.stamp(m), sha256(e::text::bytea)
from (select e, 1 + (e - 1) % :products as product, 1 + (e - 1) / :products as seq, 1 + (e - 1) / 5 as m
      from generate_series(1, 10 * :products::bigint) e) entry;
insert into stock_levels (product_id, location_id, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
select e.product_id, l.id, l.warehouse_id, l.kind, e.on_hand_after, 0, e.seq, e.chain, e.recorded_at
from stock_entries e join locations l on l.id = e.location_id
where e.seq = 10;
insert into product_stock (product_id, on_hand, available) select product_id, on_hand, on_hand from stock_levels;

do $$ declare definition text; begin
    for definition in select i.definition from indexes i loop execute definition; end loop;
end $$;
select setval(pg_get_serial_sequence('stock_movements', 'id'), 2 * :products::bigint);
vacuum analyze;
checkpoint;
