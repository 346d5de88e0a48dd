-- The transfer $1 with its lines, what has become of them, and its history, all of one snapshot.
select t.id, t.number, t.status, t.from_warehouse_id, fw.code::text as from_warehouse, t.from_location_id,
       fl.code::text as from_location, t.to_warehouse_id, tw.code::text as to_warehouse, t.to_location_id,
       tl.code::text as to_location, t.reference::text as reference, t.note, lines.list::text as lines, history.list::text as history,
       t.version, t.created_at, t.updated_at
from stock_transfers t
join warehouses fw on fw.id = t.from_warehouse_id
left join locations fl on fl.id = t.from_location_id
join warehouses tw on tw.id = t.to_warehouse_id
left join locations tl on tl.id = t.to_location_id
cross join lateral (
    select coalesce(json_agg(json_build_object('line', l.line, 'product_id', l.product_id, 'sku', p.sku, 'name', p.name::text, 'lot', l.lot,
               'quantity', l.quantity::numeric, 'received', parts.received, 'lost', parts.lost, 'returned', parts.returned,
               'in_transit', parts.open, 'parts', parts.list) order by l.line), '[]') as list
    from stock_transfer_lines l
    join products p on p.id = l.product_id
    cross join lateral (
        select coalesce(sum(s.received), 0) as received, coalesce(sum(s.lost), 0) as lost, coalesce(sum(s.returned), 0) as returned,
               coalesce(sum(s.open), 0) as open,
               coalesce(json_agg(json_build_object('location_id', s.location_id, 'location', o.code::text, 'warehouse', w.code::text,
                   'lot', nullif(s.lot, ''), 'quantity', s.quantity::numeric, 'received', s.received::numeric, 'lost', s.lost::numeric,
                   'returned', s.returned::numeric, 'in_transit', s.open) order by s.location_id, s.lot), '[]') as list
        from stock_transfer_parts s
        join locations o on o.id = s.location_id
        join warehouses w on w.id = o.warehouse_id
        where s.stock_transfer_id = l.stock_transfer_id and s.line = l.line
    ) parts
    where l.stock_transfer_id = t.id
) lines
cross join lateral (
    select coalesce(json_agg(json_build_object('action', e.action, 'from_status', e.from_status, 'status', e.status, 'note', e.note,
               'movement_id', e.movement_id, 'actor', e.actor::text, 'recorded_at', e.recorded_at) order by e.id), '[]') as list
    from stock_transfer_events e where e.stock_transfer_id = t.id
) history
where t.id = $1
