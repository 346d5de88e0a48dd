-- What is known of each of the `places` (product_id, warehouse_id; none: over all) where it is due: one row per place, of each product
-- the warehouses first. Demand is what left after movement $1 and since $2, which is $3 days ago. Every look-up is of one row's, for which
-- `limit 1` stands: rows are made one after the other, so that who wants the first few pays for those only.
select l.product_id, p.sku, p.name, p.unit, l.warehouse_id, w.code as warehouse, coalesce(w.id, first.id) as destination_id,
       coalesce(w.code, first.code) as destination, stock.available, stock.in_transit, orders.incoming, orders.on_order,
       coalesce(policy.reorder_point, p.reorder_point, 0) as reorder_point, coalesce(policy.safety_stock, 0) as safety_stock,
       policy.max_quantity, policy.reorder_quantity, demand.quantity as demand, greatest(demand.days, 1) as window_days, s.supplier_id, s.supplier_code, s.supplier_name,
       s.currency, s.moq, s.order_multiple, s.lead_time_days, coalesce(costs.list, '[]')::text as costs,
       current_date + s.lead_time_days as expected_on
from places l
cross join lateral (
    select sku, name::text as name, unit, case when l.warehouse_id is null then reorder_point::numeric end as reorder_point
    from products where id = l.product_id limit 1
) p
left join lateral (select id, code::text as code from warehouses where id = l.warehouse_id limit 1) w on true
left join lateral (
    select id, code::text as code from warehouses where archived_at is null order by priority, id limit 1
) first on true
cross join lateral (
    select available::numeric as available, in_transit::numeric as in_transit
    from product_stock where product_id = l.product_id and l.warehouse_id is null
    union all
    select coalesce(sum(on_hand - reserved) filter (where kind = 'storage'), 0),
           coalesce(sum(on_hand) filter (where kind = 'transit'), 0)
    from stock_levels where product_id = l.product_id and warehouse_id = l.warehouse_id
    having l.warehouse_id is not null
) stock
cross join lateral (
    select coalesce(sum(ol.open) filter (where o.status in ('ordered', 'partially_received')), 0) as incoming,
           coalesce(sum(ol.open) filter (where o.status in ('draft', 'pending_approval', 'approved')), 0) as on_order
    from purchase_order_lines ol
    cross join lateral (select status, warehouse_id from purchase_orders where id = ol.purchase_order_id limit 1) o
    where ol.product_id = l.product_id and ol.open > 0 and (l.warehouse_id is null or o.warehouse_id = l.warehouse_id)
) orders
left join lateral (
    select reorder_point::numeric as reorder_point, safety_stock::numeric as safety_stock,
           max_quantity::numeric as max_quantity, reorder_quantity::numeric as reorder_quantity
    from reorder_policies r
    where r.product_id = l.product_id and r.warehouse_id is not distinct from l.warehouse_id limit 1
) policy on true
cross join lateral (
    select coalesce(-sum(e.on_hand_delta) filter (where
               e.on_hand_delta < 0 and e.occurred_at >= $2
               and (select kind from stock_movements where id = e.movement_id limit 1) in ('issue', 'fulfil')
               and (select id from stock_movements where reverses_movement_id = e.movement_id limit 1) is null
               and (l.warehouse_id is null
                    or l.warehouse_id = (select warehouse_id from locations where id = e.location_id limit 1))), 0) as quantity,
           case when count(*) < 5000 then $3
                else least($3, ceil(extract(epoch from statement_timestamp() - min(e.recorded_at)) / 86400))::integer
           end as days
    from (
        -- Of what moves more often than that, the newest entries are enough, and of fewer days.
        select on_hand_delta, occurred_at, recorded_at, movement_id, location_id
        from stock_entries
        -- As a pair: nothing but the index by product can be read from there on, whatever the statistics say.
        where product_id = l.product_id and (product_id, movement_id) > (l.product_id, $1)
        order by movement_id desc, location_id desc, lot desc, seq desc limit 5000
    ) e
) demand
left join lateral (
    -- The preferred supplier, or the one that was entered first.
    select sp.id, sp.supplier_id, seller.code as supplier_code, seller.name as supplier_name, seller.currency,
           sp.moq::numeric as moq, sp.order_multiple::numeric as order_multiple,
           coalesce(sp.lead_time_days, seller.lead_time_days) as lead_time_days
    from supplier_products sp
    cross join lateral (
        select code::text as code, name::text as name, currency::text as currency, lead_time_days, archived_at
        from suppliers where id = sp.supplier_id limit 1
    ) seller
    where sp.product_id = l.product_id and seller.archived_at is null
    order by sp.preferred desc, sp.id limit 1
) s on true
left join lateral (
    select json_agg(json_build_object('min_quantity', c.min_quantity::numeric, 'unit_cost', c.unit_cost::text,
               'currency', c.currency::text)) as list
    from (select distinct on (min_quantity) * from supplier_product_costs
          where supplier_product_id = s.id and effective_from <= statement_timestamp()
          order by min_quantity, effective_from desc) c
    where c.unit_cost is not null
) costs on true
-- What is covered is not due.
where stock.available + stock.in_transit + orders.incoming + orders.on_order <= coalesce(policy.reorder_point, p.reorder_point, 0)
order by l.product_id
