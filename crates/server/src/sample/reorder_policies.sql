-- When the sample shop orders what, where it does not go by the product's own reorder point: what the shop in the old town and the
-- southern warehouse keep of some things, and how much of others is ordered at a time.
insert into reorder_policies (product_id, warehouse_id, reorder_point, safety_stock, max_quantity, reorder_quantity, created_at, updated_at)
select p.id, w.id, new.reorder_point, new.safety_stock, new.max_quantity, new.reorder_quantity, $1, $1
from (values ('KNI-25', 'SHOP', 3, 0, 10, null), ('GRI-01', 'SHOP', 4, 0, 12, null), ('LID-28', 'SHOP', 5, 0, null, 12),
             ('MUG-BLU', 'SHOP', 20, 0, 60, null), ('COF-ESP', 'SHOP', 15, 5, null, null), ('KET-17', 'SOUTH', 10, 0, 30, null),
             ('CUP-CAP', 'SOUTH', 12, 0, 48, null), ('FIL-02', 'SOUTH', 20, 0, null, 50),
             ('COF-ETH', null, null, 10, null, null), ('PEE-01', null, null, 0, null, 24), ('TOW-LIN', null, null, 0, 120, null))
     as new (sku, warehouse, reorder_point, safety_stock, max_quantity, reorder_quantity)
join products p on p.sku = new.sku
left join warehouses w on w.code = new.warehouse
order by p.id, w.id
