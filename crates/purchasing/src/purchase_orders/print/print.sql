-- The order $1 as it is printed, all of one snapshot; without what was cancelled.
select o.number, o.status, o.currency::text as currency, (o.created_at at time zone 'UTC')::date as written_on, o.expected_on, o.note,
       lines.total, s.name::text as supplier, s.code::text as supplier_code, s.address as supplier_address,
       s.contact::text as contact, s.email::text as email, s.phone::text as phone, s.payment_terms,
       o.warehouse_id, w.name::text as warehouse, w.code::text as warehouse_code, w.address as warehouse_address, lines.list::text as lines
from purchase_orders o
join suppliers s on s.id = o.supplier_id
join warehouses w on w.id = o.warehouse_id
cross join lateral (
    select coalesce(round(sum((l.quantity - l.cancelled) * l.unit_cost), 4), 0) as total,
           coalesce(json_agg(json_build_object('supplier_sku', sp.supplier_sku::text, 'sku', p.sku, 'name', p.name::text,
               'quantity', (l.quantity - l.cancelled)::numeric, 'unit', p.unit, 'unit_cost', l.unit_cost::text,
               'cost', round((l.quantity - l.cancelled) * l.unit_cost, 4)::text, 'expected_on', l.expected_on) order by l.id)
               filter (where l.quantity > l.cancelled), '[]') as list
    from purchase_order_lines l
    join products p on p.id = l.product_id
    left join supplier_products sp on sp.product_id = l.product_id and sp.supplier_id = o.supplier_id
    where l.purchase_order_id = o.id
) lines
where o.id = $1
