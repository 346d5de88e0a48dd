-- Of the products $1, whose totals are locked: those of which somebody else holds a level, or a part of the reservations $2.
with levels as materialized (
    select product_id, location_id, lot from stock_levels where product_id = any($1) for no key update skip locked
), headers as materialized (
    select id from reservations where id = any($2) for no key update skip locked
), parts as materialized (
    select reservation_id, line, product_id, location_id, lot from reservation_lines where reservation_id = any($2)
    for no key update skip locked
)
select l.product_id
from stock_levels l
where l.product_id = any($1)
    and not exists (
        select from levels free
        where (free.product_id, free.location_id, free.lot) = (l.product_id, l.location_id, l.lot))
union
select l.product_id
from reservation_lines l
where l.reservation_id = any($2)
    and (not exists (select from headers free where free.id = l.reservation_id)
        or not exists (
            select from parts free
            where (free.reservation_id, free.line, free.product_id, free.location_id, free.lot)
                = (l.reservation_id, l.line, l.product_id, l.location_id, l.lot)))
