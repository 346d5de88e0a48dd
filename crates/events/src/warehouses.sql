-- Of which warehouses the event `page` is, by key. Null: of none, and so for all who read the feed. What is of the stock of the shop as a
-- whole, and what this release does not know, is '{}': not for whoever is limited to warehouses.
select case split_part(page.type, '.', 1)
           when 'stock' then array(
               select distinct place.warehouse_id from stock_entries e join locations place on place.id = e.location_id
               where e.movement_id = page.id)
           when 'stock_transfer' then array[(d.data ->> 'from_warehouse_id')::bigint, (d.data ->> 'to_warehouse_id')::bigint]
           when 'reservation' then array(
               select distinct place.warehouse_id from reservation_lines l join locations place on place.id = l.location_id
               where l.reservation_id = (d.data ->> 'id')::bigint)
           when 'warehouse' then array[(d.data ->> 'id')::bigint]
           when 'location' then array[(d.data ->> 'warehouse_id')::bigint]
           when 'reorder_policy' then array_remove(array[(d.data ->> 'warehouse_id')::bigint], null)
           when 'purchase_order' then array(select warehouse_id from purchase_orders where id = (d.data ->> 'id')::bigint)
           when 'goods_receipt' then array(
               select warehouse_id from purchase_orders where id = (d.data ->> 'purchase_order_id')::bigint)
           when 'supplier_return' then array(
               select place.warehouse_id from stock_entries e join locations place on place.id = e.location_id
               where e.movement_id = (d.data ->> 'movement_id')::bigint
               union
               select warehouse_id from purchase_orders where id = (d.data ->> 'purchase_order_id')::bigint)
           when 'product' then null
           when 'price' then null
           when 'category' then null
           when 'supplier' then null
           when 'supplier_product' then null
           when 'supplier_cost' then null
           else '{}'
       end as warehouses
from (select page.data::jsonb as data) d
