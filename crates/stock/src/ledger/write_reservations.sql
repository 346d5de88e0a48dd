-- Reservations ($1 to $8) and what they hold by line and level ($9 to $16), made or changed.
with headers as (
    insert into reservations (id, status, reference, actor, expires_at, version, created_at, updated_at)
    overriding system value
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::timestamptz[],
                         $8::timestamptz[])
    on conflict (id) do update
    set status = excluded.status, expires_at = excluded.expires_at, version = excluded.version, updated_at = excluded.updated_at
)
insert into reservation_lines (reservation_id, line, product_id, location_id, lot, quantity, fulfilled, released)
select * from unnest($9::bigint[], $10::integer[], $11::bigint[], $12::bigint[], $13::text[], $14::numeric[], $15::numeric[],
                     $16::numeric[])
on conflict (reservation_id, line, product_id, location_id, lot) do update
set quantity = excluded.quantity, fulfilled = excluded.fulfilled, released = excluded.released
