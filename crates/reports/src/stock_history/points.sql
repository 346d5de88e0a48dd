-- How much there was of product $1 in the warehouses $2 at the times $3, which rise, as is known now. What was recorded until a
-- time is one look-up per level. What was recorded later and had happened by then was dated back, for which there is an index:
-- it counts from the first time at or after `occurred_at`, and no longer from the first at or after `recorded_at`, from which on
-- it is among what was recorded.
with late as materialized (
    select width_bucket(change.at - interval '1 microsecond', $3) + 1 as position, sum(change.delta) as delta
    from (
        -- It is little, which PostgreSQL cannot know: without the fence it reads all entries.
        select * from stock_entries
        where product_id = $1 and occurred_at <> recorded_at and occurred_at <= $3[cardinality($3)] offset 0
    ) e
    cross join lateral (select warehouse_id, kind from locations where id = e.location_id limit 1) place
    cross join lateral (values (e.occurred_at, e.on_hand_delta::numeric), (e.recorded_at, -e.on_hand_delta::numeric)) as change (at, delta)
    where e.recorded_at > $3[1] and place.kind <> 'transit' and (cardinality($2::bigint[]) = 0 or place.warehouse_id = any($2))
    group by position
)
select t.at, coalesce(base.on_hand, 0) + coalesce((select sum(delta) from late where late.position <= t.position), 0) as on_hand
from unnest($3::timestamptz[]) with ordinality as t (at, position)
cross join lateral (
    select sum(e.on_hand_after)::numeric as on_hand
    from stock_levels l
    cross join lateral (
        select on_hand_after from stock_entries
        where product_id = l.product_id and location_id = l.location_id and lot = l.lot
          and seq = (select stock_entry_seq_at(l.product_id, l.location_id, l.lot, t.at)) limit 1
    ) e
    where l.product_id = $1 and l.kind <> 'transit' and (cardinality($2::bigint[]) = 0 or l.warehouse_id = any($2))
) base
order by t.position
