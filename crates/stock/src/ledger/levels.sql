-- All levels of the products $1, each with its location.
select l.product_id, l.location_id, l.lot, l.on_hand::numeric as on_hand, l.reserved::numeric as reserved, l.seq,
       l.chain::bytea as chain, l.recorded_at, o.code::text as location, l.warehouse_id, w.code::text as warehouse,
       l.kind, o.is_default, o.archived_at is not null or w.archived_at is not null as archived, w.priority
from stock_levels l
join locations o on o.id = l.location_id
join warehouses w on w.id = l.warehouse_id
where l.product_id = any($1)
