-- The products $1 with their totals and their levels, each level with its location; and whether any of the keys $2 is known.
-- At least one row, if only for that.
select known.is_known, p.id, p.sku, p.unit = 'each' as whole_numbers_only, p.archived as product_archived,
       p.reorder_point::numeric as reorder_point,
       -- CASE: who has no reorder point does not pay for the look-up.
       case when p.reorder_point is null then false
            else exists (select from low_stock low where low.product_id = p.id) end as known_low,
       watched.watched_in, watched.watched_points, watched.watched_known_low,
       coalesce(s.on_hand, 0)::numeric as total_on_hand, coalesce(s.reserved, 0)::numeric as total_reserved,
       coalesce(s.available, 0)::numeric as total_available, coalesce(s.in_transit, 0)::numeric as total_in_transit,
       l.product_id, l.location_id, l.lot, l.on_hand::numeric as on_hand, l.reserved::numeric as reserved, l.seq,
       l.chain::bytea as chain, l.recorded_at, o.code::text as location, l.warehouse_id, w.code::text as warehouse,
       l.kind, o.is_default, o.archived_at is not null or w.archived_at is not null as archived, w.priority
from (select exists (select from idempotency_keys where key_hash = any($2)) as is_known) known
left join (
    products p
    left join product_stock s on s.product_id = p.id
    cross join lateral (
        select array_agg(r.warehouse_id) as watched_in, array_agg(r.reorder_point::numeric) as watched_points,
               array_agg(exists (select from warehouse_low_stock low
                                 where low.product_id = p.id and low.warehouse_id = r.warehouse_id)) as watched_known_low
        from reorder_policies r where r.product_id = p.id and r.warehouse_id is not null
    ) watched
    left join (
        stock_levels l
        join locations o on o.id = l.location_id
        join warehouses w on w.id = l.warehouse_id
    ) on l.product_id = p.id
) on p.id = any($1)
