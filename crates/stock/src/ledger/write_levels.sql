-- Bring levels ($1 to $10) and the totals of their products ($11 to $15) up to date; the rows of product_stock are locked.
with levels as (
    insert into stock_levels as present (product_id, location_id, lot, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
    select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::numeric[], $7::numeric[],
                         $8::bigint[], $9::bytea[], $10::timestamptz[])
    on conflict (product_id, location_id, lot) do update
    set on_hand = excluded.on_hand, reserved = excluded.reserved, seq = excluded.seq, chain = excluded.chain,
        recorded_at = excluded.recorded_at
)
update product_stock s
set on_hand = t.on_hand, reserved = t.reserved, available = t.available, in_transit = t.in_transit
from unnest($11::bigint[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[])
     as t (product_id, on_hand, reserved, available, in_transit)
where s.product_id = t.product_id
