-- The order $1 with its lines and its history, all of one snapshot.
select o.id, o.number, o.status, s.id as supplier_id, s.code::text as supplier_code, s.name::text as supplier_name,
       w.code::text as warehouse, o.warehouse_id, o.currency::text as currency, lines.total::text as total, o.expected_on, o.note,
       lines.list::text as lines, history.list::text as history, o.version, o.created_at, o.updated_at
from purchase_orders o
join suppliers s on s.id = o.supplier_id
join warehouses w on w.id = o.warehouse_id
cross join lateral (
    select coalesce(round(sum((l.quantity - l.cancelled) * l.unit_cost), 4), 0) as total,
           coalesce(json_agg(json_build_object('id', l.id, 'product_id', l.product_id, 'sku', p.sku, 'name', p.name::text,
               'quantity', l.quantity::numeric, 'received', l.received::numeric, 'cancelled', l.cancelled::numeric, 'open', l.open,
               'unit_cost', l.unit_cost::text, 'expected_on', l.expected_on) order by l.id), '[]') as list
    from purchase_order_lines l join products p on p.id = l.product_id
    where l.purchase_order_id = o.id
) lines
cross join lateral (
    select coalesce(json_agg(json_build_object('action', e.action, 'from_status', e.from_status, 'status', e.status, 'note', e.note,
               'actor', e.actor::text, 'recorded_at', e.recorded_at) order by e.id), '[]') as list
    from purchase_order_events e where e.purchase_order_id = o.id
) history
where o.id = $1
