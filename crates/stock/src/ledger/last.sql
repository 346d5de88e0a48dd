-- The clock, $1 ids for movements, $2 for reservations, and whether any of the keys $3 is known.
select clock_timestamp(),
       array(select nextval(pg_get_serial_sequence('stock_movements', 'id')) from generate_series(1, $1)),
       array(select nextval(pg_get_serial_sequence('reservations', 'id')) from generate_series(1, $2)),
       exists (select from idempotency_keys where key_hash = any($3))
