-- The locations with ids $1, and all locations of the warehouses with ids $2, codes $3, or, if $4, of the first one.
with wanted as (
    select id from locations where id = any($1)
    union
    select l.id
    from warehouses w
    join locations l on l.warehouse_id = w.id
    where w.id = any($2) or lower(w.code) = any($3)
        or ($4 and w.id = (select id from warehouses where archived_at is null order by priority, id limit 1))
)
select l.id as location_id, l.code::text as location, l.warehouse_id, w.code::text as warehouse, l.kind, l.is_default,
       l.archived_at is not null or w.archived_at is not null as archived, w.priority,
       $4 and w.id = (select id from warehouses where archived_at is null order by priority, id limit 1) as is_first
from wanted
join locations l on l.id = wanted.id
join warehouses w on w.id = l.warehouse_id
