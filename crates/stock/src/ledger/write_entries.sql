-- Append entries; business time is the time of recording.
insert into stock_entries (product_id, location_id, lot, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta,
                           reserved_after, unit_cost, occurred_at, recorded_at, chain)
select product_id, location_id, lot, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta,
       reserved_after, unit_cost, recorded_at, recorded_at, chain
from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::numeric[], $7::numeric[], $8::numeric[],
            $9::numeric[], $10::numeric[], $11::timestamptz[], $12::bytea[])
     as t (product_id, location_id, lot, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta, reserved_after,
           unit_cost, recorded_at, chain)
