
)
-- Then the clock, $2 numbers for movements and $3 for reservations. They are computed from what is locked, so not before.
select coalesce(held.products, '{}'), clock_timestamp(),
       array(select nextval('stock_movements_id_seq') from generate_series(1, case when held.products is not null then $2 end)),
       array(select nextval('reservations_id_seq') from generate_series(1, case when held.products is not null then $3 end))
from (select array_agg(product_id) as products from locked) held
