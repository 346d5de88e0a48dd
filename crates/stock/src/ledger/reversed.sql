-- Of the movements $1: by which movement each was reversed, and whether one that was dated back before a count was entered
-- together with what keeps that count true.
select m.id, r.id as reversed_by, m.occurred_at,
       m.occurred_at <> m.recorded_at and exists (
           select from stock_entries e
           join stock_entries c on (c.product_id, c.location_id, c.lot) = (e.product_id, e.location_id, e.lot) and c.seq < e.seq
           join stock_movements counted on counted.id = c.movement_id and counted.kind = 'count'
           where e.movement_id = m.id and c.occurred_at >= m.occurred_at) as was_counted_since
from stock_movements m
left join stock_movements r on r.reverses_movement_id = m.id
where m.id = any($1)
