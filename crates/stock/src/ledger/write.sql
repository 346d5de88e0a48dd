-- Levels ($1 to $10), the totals of their products ($11 to $15), movements ($16 to $24) and their entries ($25 to $37), and the
-- keys under which all this was done ($38 to $42). The rows of product_stock are locked. Foreign keys are checked at the end of the statement.
with levels as (
    insert into stock_levels (product_id, location_id, lot, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
    select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::numeric[], $7::numeric[],
                         $8::bigint[], $9::bytea[], $10::timestamptz[])
    on conflict (product_id, location_id, lot) do update
    set on_hand = excluded.on_hand, reserved = excluded.reserved, seq = excluded.seq, chain = excluded.chain,
        recorded_at = excluded.recorded_at
), totals as (
    update product_stock s
    set on_hand = t.on_hand, reserved = t.reserved, available = t.available, in_transit = t.in_transit
    from unnest($11::bigint[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[])
         as t (product_id, on_hand, reserved, available, in_transit)
    where s.product_id = t.product_id
), movements as (
    insert into stock_movements (id, kind, reason, reference, note, actor, occurred_at, recorded_at, reverses_movement_id)
    overriding system value
    select * from unnest($16::bigint[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::timestamptz[],
                         $23::timestamptz[], $24::bigint[])
), keys as (
    insert into idempotency_keys (key_hash, caller, operation, request_hash, answer)
    select key_hash, caller, operation, request_hash, answer::json
    from unnest($38::bytea[], $39::text[], $40::text[], $41::bytea[], $42::text[])
         as t (key_hash, caller, operation, request_hash, answer)
)
insert into stock_entries (product_id, location_id, lot, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta,
                           reserved_after, unit_cost, occurred_at, recorded_at, chain)
select * from unnest($25::bigint[], $26::bigint[], $27::text[], $28::bigint[], $29::bigint[], $30::numeric[], $31::numeric[],
                     $32::numeric[], $33::numeric[], $34::numeric[], $35::timestamptz[], $36::timestamptz[], $37::bytea[])
