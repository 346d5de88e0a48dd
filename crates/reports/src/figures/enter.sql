-- Adds the movements $1 to the figures by day. Of a movement the difference counts: per product over all places, so that what
-- is moved between warehouses is neither in nor out; per product and warehouse without what is in transit.
with lines as materialized (
    select m.id, (m.occurred_at at time zone 'UTC')::date as day, e.product_id, l.warehouse_id, l.kind, e.on_hand_delta::numeric as delta
    from stock_movements m
    join stock_entries e on e.movement_id = m.id
    join locations l on l.id = e.location_id
    where m.id = any($1) and e.on_hand_delta <> 0
), by_product as materialized (
    select id, day, product_id, sum(delta) as net from lines group by id, day, product_id
), by_place as (
    select id, day, warehouse_id, product_id, sum(delta) as net from lines where kind <> 'transit' group by id, day, warehouse_id, product_id
), products as (
    insert into product_days (day, product_id, quantity_in, quantity_out)
    select day, product_id, sum(greatest(net, 0)), sum(greatest(-net, 0)) from by_product where net <> 0
    group by day, product_id order by product_id, day
    on conflict (product_id, day) do update
    set quantity_in = product_days.quantity_in + excluded.quantity_in, quantity_out = product_days.quantity_out + excluded.quantity_out
)
insert into movement_days (day, warehouse_id, quantity_in, quantity_out, movements)
select day, warehouse_id, sum(greatest(net, 0)), sum(greatest(-net, 0)), count(distinct id)
from (select id, day, null::bigint as warehouse_id, net from by_product union all select id, day, warehouse_id, net from by_place) nets
group by day, warehouse_id order by day, warehouse_id
on conflict (day, warehouse_id) do update
set quantity_in = movement_days.quantity_in + excluded.quantity_in, quantity_out = movement_days.quantity_out + excluded.quantity_out,
    movements = movement_days.movements + excluded.movements
