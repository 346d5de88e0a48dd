-- The reservations $1, and the active ones that hold any of the products $2, each with all of its lines.
with wanted as (
    select unnest($1::bigint[]) as id
    union
    select reservation_id from reservation_lines where product_id = any($2) and open > 0
)
select r.id, r.status, r.reference, r.actor, r.expires_at, r.version, r.created_at, r.updated_at, l.line, l.product_id,
       l.location_id, l.lot, l.quantity::numeric as quantity, l.fulfilled::numeric as fulfilled, l.released::numeric as released
from wanted
join reservations r on r.id = wanted.id
join reservation_lines l on l.reservation_id = r.id
order by r.id, l.line, l.location_id, l.lot
