-- The entries of a level that happened after $4, at most $5. They are recorded after it, too, and stamps rise with seq.
select e.occurred_at, e.on_hand_delta::numeric, m.kind
from stock_entries e
join stock_movements m on m.id = e.movement_id
where e.product_id = $1 and e.location_id = $2 and e.lot = $3
  and e.seq > coalesce(stock_entry_seq_at($1, $2, $3, $4), 0)
  and e.occurred_at > $4
order by e.occurred_at, e.seq
limit $5
