-- The newest $2 holdings of the product $1, by reservation and location. For whoever is limited to the warehouses $3, of reservations
-- that hold nothing elsewhere: the others they may not read.
select l.reservation_id, r.reference::text, w.code::text, l.location_id, l.open::numeric
from (select reservation_id, location_id, sum(open) as open
      from (select reservation_id, location_id, open
            from reservation_lines held
            where product_id = $1 and open > 0
                and ($3::bigint[] is null or not exists (
                    select from reservation_lines other
                    join locations elsewhere on elsewhere.id = other.location_id
                    where other.reservation_id = held.reservation_id and elsewhere.warehouse_id <> all($3)))
            order by reservation_id desc
            limit $2) newest
      group by reservation_id, location_id) l
join reservations r on r.id = l.reservation_id
join locations place on place.id = l.location_id
join warehouses w on w.id = place.warehouse_id
order by l.reservation_id desc, l.location_id
